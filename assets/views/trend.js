/*
 * The figure of the trend, fitted to the screen.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  /** Figures are made for a rem of 16 px; fit type, margins and lines to this screen's. */
  function scale_figure(trend) {
    if (!trend) return { data: [], layout: { xaxis: { visible: false }, yaxis: { visible: false } } };
    const by = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const { data, layout } = trend.figure;
    const margin = Object.fromEntries(Object.entries(layout.margin).map(([side, px]) => [side, px * by]));
    return {
      data: data.map((line) => ({ ...line, line: { ...line.line, width: line.line.width * by } })),
      layout: {
        ...layout,
        margin,
        font: { ...layout.font, size: layout.font.size * by },
        shapes: layout.shapes.map((shape) => ({ ...shape, line: { ...shape.line, width: shape.line.width * by } })),
      },
    };
  }

  answer({ scale_figure });
})();
