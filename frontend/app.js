// What every page loads.
import htmx from "htmx.org";
import "./app.css";

// The content security policy forbids eval, so htmx must not try it.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
window.htmx = htmx;
