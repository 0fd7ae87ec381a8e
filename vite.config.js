import { defineConfig } from "vite";

// Two entries, because only pages with a chart should load the chart library. Names are fixed: the page
// adds ?v=<content hash>, so Django needs no manifest and no collectstatic step.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "src/zhijiao/portal/static/dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      // htmx carries one eval for a feature that frontend/app.js switches off; the policy header forbids it anyway.
      onwarn: (warning, warn) => warning.code === "EVAL" || warn(warning),
      input: { app: "frontend/app.js", charts: "frontend/charts.js" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
