// Loaded only by pages that draw a chart.
import * as echarts from "echarts";

window.echarts = echarts;
