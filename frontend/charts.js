// Loaded only by pages that draw a chart. A chart stands beside its data: <div class="chart" data-chart="id">
// draws what <script type="application/json" id="id"> holds.
import { BarChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, MarkLineComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

const style = getComputedStyle(document.documentElement);
const token = (name) => style.getPropertyValue(name).trim();
const font = { fontFamily: token("--sans"), color: token("--ink-2"), fontSize: 13 };
// A period that is not over: a frame, not a bar, since more is to come.
const unfinished = { color: token("--paper"), borderColor: token("--accent"), borderType: "dashed", borderWidth: 1.5 };

for (const box of document.querySelectorAll("[data-chart]")) draw(box);

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = echarts.init(box);
  chart.setOption(options(data));
  new ResizeObserver(() => chart.resize()).observe(box);
}

// Bars start at zero and carry their own figure; the target is a line that carries its own words.
function options({ points, targets, unit }) {
  return {
    animation: false,
    textStyle: font,
    // The target's words stand right of the plot: as wide as the longest of them, a Chinese character counted as one em.
    grid: { left: 8, right: targets.length ? 16 + Math.max(96, ...targets.map((target) => 10.5 * target.label.length)) : 16, top: 28, bottom: 8, containLabel: true },
    // Rich text, because the policy header forbids the inline styles of the HTML kind.
    tooltip: { renderMode: "richText", formatter: ({ data: point }) => `${point.name}：${point.label}\n${point.source}` },
    xAxis: { type: "category", data: points.map((point) => point.name), axisLabel: font, axisTick: { show: false } },
    yAxis: {
      type: "value",
      min: 0,
      max: Math.max(...points.map((point) => point.value), ...targets.map((target) => target.value)) * 1.15,
      name: unit,
      // From the left edge of the plot to the right: the words of a long unit would be cut off at the left edge of the page.
      nameTextStyle: { ...font, align: "left", padding: [0, 0, 0, -24] },
      axisLabel: { ...font, showMaxLabel: false },
      splitLine: { lineStyle: { color: token("--rule") } },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 56,
        itemStyle: { color: token("--accent") },
        // On the colour of the page, so that the line of a target does not cross the figures out.
        label: {
          show: true,
          position: "top",
          ...font,
          color: token("--ink"),
          backgroundColor: token("--paper"),
          padding: [1, 3],
          formatter: ({ data: point }) => point.label,
        },
        labelLayout: { hideOverlap: true },
        data: points.map((point) => (point.partial ? { ...point, itemStyle: unfinished } : point)),
        markLine: {
          z: 1,
          symbol: "none",
          silent: true,
          lineStyle: { color: token("--some"), type: "dashed", width: 1.5 },
          label: { ...font, color: token("--some"), position: "end", formatter: ({ name }) => name },
          data: targets.map((target) => ({ name: target.label, yAxis: target.value })),
        },
      },
    ],
  };
}
