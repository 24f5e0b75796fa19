"use strict";
// Draws each chart of the page with uPlot. A figure's drawing (Drawing.java) is in the page's JSON;
// the styles of its series are those of the keys in its legend.
(() => {
  const HEIGHT_TO_WIDTH = 0.55;
  const SCORE_DECIMALS = 3;
  const LINE_WIDTH = 1.8;
  const BAND_OPACITY = 0.15;
  const UNFOCUSED_OPACITY = 0.3;
  const X_AXIS_HEIGHT = 30;
  const Y_AXIS_WIDTH = 60;
  const FOCUS_DISTANCE = 20; // pixels
  const LABEL_SIZE = 11;
  const LEADER_DISTANCE = 24; // pixels
  const LEADER_GAP = 2;
  const LEADER_WIDTH = 0.6;
  const WHOLE_STEPS = [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((p) => n * p));

  const drawings = JSON.parse(document.getElementById("drawings").textContent);
  const plots = [];

  const font = (size) => `${size}px system-ui, sans-serif`;
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const withMinus = (digits) => digits.replace("-", "−");
  const tick = (value) => withMinus(String(Number(value.toFixed(10))));
  const score = (value) => withMinus(value.toFixed(SCORE_DECIMALS));

  function keyOf(button) {
    const icon = button.querySelector("svg");
    const line = icon.querySelector(".stroke");
    const dash = line === null ? "" : line.getAttribute("stroke-dasharray") ?? "";
    return {
      button,
      value: button.querySelector(".value"),
      color: () => getComputedStyle(icon).color,
      dash: dash === "" ? [] : dash.split(" ").map(Number),
      hasLine: line !== null,
      marker: new Path2D(icon.querySelector(".marker").getAttribute("d")),
    };
  }

  const scale = ({ min, max }) => ({ time: false, auto: false, range: [min, max] });

  const axis = ({ title }, more) => ({
    label: title,
    labelFont: font(13),
    labelSize: 22,
    font: font(12),
    stroke: () => variable("--text"),
    grid: { stroke: () => variable("--line"), width: 1 },
    ticks: { show: false },
    values: (u, splits) => splits.map(tick),
    ...more,
  });

  /** What both kinds of drawing have in common. */
  const frame = (drawing) => ({
    scales: { x: scale(drawing.x), y: scale(drawing.y) },
    legend: { show: false },
    padding: [10, 16, 0, 0],
  });

  /** Calls draw(series, context, index from 0) for each series that is shown, in its opacity. */
  function eachShown(u, draw) {
    u.series.forEach((series, i) => {
      if (i > 0 && series.show) {
        u.ctx.save();
        u.ctx.globalAlpha = series.alpha;
        draw(u.ctx, i - 1);
        u.ctx.restore();
      }
    });
  }

  const x = (u, value) => u.valToPos(value, "x", true);
  const y = (u, value) => u.valToPos(value, "y", true);

  function drawMarker(u, key, atX, atY) {
    u.ctx.save();
    u.ctx.translate(x(u, atX), y(u, atY));
    u.ctx.scale(devicePixelRatio, devicePixelRatio);
    u.ctx.fill(key.marker);
    u.ctx.restore();
  }

  function strokeLine(u, points) {
    u.ctx.beginPath();
    points.forEach(([atX, atY]) => u.ctx.lineTo(x(u, atX), y(u, atY)));
    u.ctx.stroke();
  }

  /** One area for each stretch of steps that have an error. */
  function drawBand(u, { mean, error }, steps) {
    let from = 0;
    for (let i = 0; i <= steps.length; i++) {
      if (i < steps.length && mean[i] !== null && error[i] !== null) {
        continue;
      }
      u.ctx.beginPath();
      for (let j = from; j < i; j++) {
        u.ctx.lineTo(x(u, steps[j]), y(u, mean[j] + error[j]));
      }
      for (let j = i - 1; j >= from; j--) {
        u.ctx.lineTo(x(u, steps[j]), y(u, mean[j] - error[j]));
      }
      u.ctx.fill();
      from = i + 1;
    }
  }

  function curves(drawing, keys) {
    const { steps } = drawing;
    const bands = (u) =>
      eachShown(u, (ctx, i) => {
        ctx.globalAlpha *= BAND_OPACITY;
        ctx.fillStyle = keys[i].color();
        drawBand(u, drawing.curves[i], steps);
      });
    const markers = (u) =>
      eachShown(u, (ctx, i) => {
        ctx.fillStyle = keys[i].color();
        drawing.curves[i].marked.forEach((at) =>
          drawMarker(u, keys[i], steps[at], drawing.curves[i].mean[at]),
        );
      });
    const values = (u) => {
      const at = u.cursor.idx;
      keys.forEach((key, i) => {
        const mean = at === null || at === undefined ? null : drawing.curves[i].mean[at];
        key.value.textContent = mean === null ? "" : score(mean);
      });
    };
    const options = {
      ...frame(drawing),
      axes: [axis(drawing.x, { size: X_AXIS_HEIGHT, incrs: WHOLE_STEPS }), axis(drawing.y, { size: Y_AXIS_WIDTH })],
      series: [
        {},
        ...drawing.curves.map((curve, i) => ({
          label: curve.name,
          stroke: keys[i].color,
          width: LINE_WIDTH,
          dash: keys[i].dash,
          points: { show: false },
        })),
      ],
      cursor: { y: false, drag: { x: false, y: false }, focus: { prox: FOCUS_DISTANCE } },
      focus: { alpha: UNFOCUSED_OPACITY },
      hooks: { drawAxes: [bands], draw: [markers], setCursor: [values] },
    };
    return { options, data: [steps, ...drawing.curves.map((curve) => curve.mean)] };
  }

  function drawBars(u, mark) {
    if (mark.xError !== null) {
      strokeLine(u, [[mark.x - mark.xError, mark.y], [mark.x + mark.xError, mark.y]]);
    }
    if (mark.yError !== null) {
      strokeLine(u, [[mark.x, mark.y - mark.yError], [mark.x, mark.y + mark.yError]]);
    }
  }

  /** Joins a label to its mark where they are far apart. */
  function drawLeader(u, mark) {
    const from = [x(u, mark.x), y(u, mark.y)];
    const half = u.ctx.measureText(mark.label).width / 2 + LEADER_GAP * devicePixelRatio;
    const [labelX, labelY] = [x(u, mark.labelX), y(u, mark.labelY)];
    const to = [Math.max(labelX - half, Math.min(labelX + half, from[0])), labelY];
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) > LEADER_DISTANCE * devicePixelRatio) {
      u.ctx.beginPath();
      u.ctx.moveTo(...from);
      u.ctx.lineTo(...to);
      u.ctx.stroke();
    }
  }

  /** Draws a label with a rim, so that it can be read on lines. */
  function drawLabel(u, mark) {
    const at = [mark.label, x(u, mark.labelX), y(u, mark.labelY)];
    u.ctx.strokeText(...at);
    u.ctx.fillText(...at);
  }

  function plane(drawing, keys) {
    const labeled = (i) => drawing.traces[i].marks.filter((mark) => mark.label !== "");
    const traces = (u) => {
      eachShown(u, (ctx, i) => {
        const { marks } = drawing.traces[i];
        ctx.strokeStyle = ctx.fillStyle = keys[i].color();
        ctx.lineWidth = devicePixelRatio;
        marks.forEach((mark) => drawBars(u, mark));
        if (keys[i].hasLine) {
          ctx.lineWidth = LINE_WIDTH * devicePixelRatio;
          ctx.setLineDash(keys[i].dash.map((length) => length * devicePixelRatio));
          strokeLine(u, marks.map((mark) => [mark.x, mark.y]));
        }
        marks.forEach((mark) => drawMarker(u, keys[i], mark.x, mark.y));
      });
      eachShown(u, (ctx, i) => {
        ctx.font = font(LABEL_SIZE * devicePixelRatio);
        ctx.strokeStyle = keys[i].color();
        ctx.lineWidth = LEADER_WIDTH * devicePixelRatio;
        labeled(i).forEach((mark) => drawLeader(u, mark));
      });
      eachShown(u, (ctx, i) => {
        ctx.font = font(LABEL_SIZE * devicePixelRatio);
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.lineWidth = 3 * devicePixelRatio;
        ctx.lineJoin = "round";
        ctx.strokeStyle = variable("--surface");
        ctx.fillStyle = variable("--text");
        labeled(i).forEach((mark) => drawLabel(u, mark));
      });
    };
    const options = {
      ...frame(drawing),
      mode: 2,
      axes: [axis(drawing.x, { size: X_AXIS_HEIGHT }), axis(drawing.y, { size: Y_AXIS_WIDTH })],
      series: [
        null,
        ...keys.map((key) => ({
          stroke: key.color,
          facets: [{ scale: "x" }, { scale: "y" }],
          paths: () => null,
          points: { show: false },
        })),
      ],
      cursor: { show: false },
      hooks: { draw: [traces] },
    };
    const data = drawing.traces.map(({ marks }) => [marks.map((m) => m.x), marks.map((m) => m.y)]);
    return { options, data: [null, ...data] };
  }

  function chart(figure) {
    const place = figure.querySelector(".plot");
    const keys = [...figure.querySelectorAll(".legend button")].map(keyOf);
    const drawing = drawings[figure.dataset.drawing];
    const { options, data } = drawing.curves ? curves(drawing, keys) : plane(drawing, keys);
    const size = () => ({
      width: place.clientWidth,
      height: Math.round(place.clientWidth * HEIGHT_TO_WIDTH),
    });
    const u = new uPlot({ ...options, ...size() }, data, place);
    keys.forEach(({ button }, i) =>
      button.addEventListener("click", () => {
        const show = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", show);
        u.setSeries(i + 1, { show });
      }),
    );
    figure.classList.add("drawn");
    plots.push(u);
    return () => u.setSize(size());
  }

  // A chart in a fold has no width until it is opened; only then is it drawn.
  document.querySelectorAll("figure[data-drawing]").forEach((figure) => {
    const place = figure.querySelector(".plot");
    let resize = null;
    const fit = () => {
      if (place.clientWidth > 0) {
        resize === null ? (resize = chart(figure)) : resize();
      }
    };
    // In the next frame: drawing changes sizes, which an observer must not while it is called.
    new ResizeObserver(() => requestAnimationFrame(fit)).observe(place);
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    plots.forEach((u) => u.redraw()),
  );
})();
