"""Cities side by side: the same measure, parameter or decision in every place that has one."""
