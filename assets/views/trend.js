/*
 * The score over time as a small SVG: a line, the cuts of the levels, two axes, and what the pointer is at.
 *
 * drawing: what dashboard/views/trend.py gives; it is drawn again when its room changes.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;
  const { known, score1 } = window.kite_parts.words;

  /** Room around the line, in rem. */
  const MARGIN = { left: 2.2, right: 4.2, top: 0.6, bottom: 1.6 };
  const SVG = 'http://www.w3.org/2000/svg';

  /** What is drawn, and where its parts went. */
  const shown = { drawing: null, element: null, scale: null };

  function draw_trend(trend) {
    shown.drawing = trend?.drawing ?? null;
    const element = document.getElementById('trend-graph');
    if (element && element !== shown.element) startDrawing(element);
    draw();
  }

  function startDrawing(element) {
    shown.element = element;
    new ResizeObserver(draw).observe(element);
    element.addEventListener('pointermove', ({ clientX }) => point(clientX));
    element.addEventListener('pointerleave', () => element.querySelector('.pointed')?.remove());
  }

  function draw() {
    const { element, drawing } = shown;
    if (!element?.clientWidth) return; // its tab is closed
    element.setAttribute('aria-label', drawing?.spoken ?? '');
    const svg = make('svg', { width: element.clientWidth, height: element.clientHeight });
    if (drawing?.x.length) {
      shown.scale = scaleOf(element, drawing);
      svg.append(...parts(drawing, shown.scale));
    }
    element.replaceChildren(svg);
  }

  /** Pixels of a share of the time, and of a score. */
  function scaleOf(element, { low }) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const left = MARGIN.left * rem, top = MARGIN.top * rem;
    const width = element.clientWidth - left - MARGIN.right * rem;
    const height = element.clientHeight - top - MARGIN.bottom * rem;
    return {
      rem, left, top, width, height, right: left + width, bottom: top + height,
      x: (share) => left + share * width,
      y: (score) => top + (height * (100 - score)) / (100 - low),
    };
  }

  function parts(drawing, at) {
    const { cuts, bands, ticks, low } = drawing;
    const tens = [];
    for (let ten = 10 * Math.ceil(low / 10); ten <= 100; ten += 10) tens.push(ten);
    return [
      make('path', { class: 'axis', d: `M${at.left},${at.top}V${at.bottom}H${at.right}` }),
      ...cuts.map(([score, level]) => make('path', { class: `cut cut-${level}`, d: `M${at.left},${at.y(score)}H${at.right}` })),
      ...tens.map((ten) => text(ten, at.left - 0.4 * at.rem, at.y(ten) + 0.3 * at.rem, 'tick end')),
      ...ticks.map(([share, words]) => text(words, at.x(share), at.bottom + 1.2 * at.rem, 'tick middle')),
      ...bands.map(([score, words]) => text(words, at.right + 0.5 * at.rem, at.y(score) + 0.3 * at.rem, 'band')),
      ...(drawing.past ?? []).map((line) => make('path', { class: `past ${line.kind}`, d: lineOf(line, at) })),
      ...legend(drawing.past ?? [], at),
      make('path', { class: 'line', d: lineOf(drawing, at) }),
    ];
  }

  /** What the thin lines are, from the right at the foot of the drawing. */
  function legend(past, at) {
    return past.flatMap(({ kind, name }, i) => {
      const right = at.right - 0.5 * at.rem, y = at.bottom - (0.6 + 1.2 * i) * at.rem;
      const d = `M${right - 2 * at.rem},${y - 0.3 * at.rem}H${right}`;
      return [make('path', { class: `past ${kind}`, d }), text(name, right - 2.4 * at.rem, y, 'band end')];
    });
  }

  /** Hours without a score are a gap. */
  function lineOf({ x, scores }, at) {
    let pen = 'M';
    return scores.map((score, i) => {
      if (!known(score)) { pen = 'M'; return ''; }
      const step = `${pen}${at.x(x[i]).toFixed(1)},${at.y(score).toFixed(1)}`;
      pen = 'L';
      return step;
    }).join('');
  }

  /** Say the hour and the score that are nearest to the pointer. */
  function point(clientX) {
    const { element, drawing, scale } = shown;
    const svg = element.firstElementChild;
    if (!drawing?.x.length || !svg) return;
    svg.querySelector('.pointed')?.remove();
    const share = (clientX - element.getBoundingClientRect().left - scale.left) / scale.width;
    const i = nearest(drawing.x, share);
    const score = drawing.scores[i];
    if (!known(score)) return;
    const x = scale.x(drawing.x[i]), y = scale.y(score);
    const group = make('g', { class: 'pointed' });
    const left = x > scale.left + scale.width / 2;
    group.append(
      make('path', { d: `M${x},${scale.top}V${scale.bottom}` }),
      make('circle', { cx: x, cy: y, r: 0.25 * scale.rem }),
      text(`${drawing.labels[i]}  ${score1(score)}`, x + (left ? -0.6 : 0.6) * scale.rem, scale.top + 0.8 * scale.rem, left ? 'end' : ''),
    );
    svg.append(group);
  }

  function nearest(x, share) {
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i] - share) < Math.abs(x[best] - share)) best = i;
    return best;
  }

  function text(words, x, y, className) {
    const element = make('text', { x, y, class: className });
    element.textContent = words;
    return element;
  }

  function make(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  answer({ draw_trend });
})();
