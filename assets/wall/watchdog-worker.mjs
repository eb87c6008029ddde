/** The worker of watchdog.mjs: paints a warning when the page's beats stop, and takes it away when they come again. */

const LOOK_MS = 500;
/** Without a beat for so long the page counts as frozen. */
export const PATIENCE_MS = 5000;

const state = {
  /** @type {OffscreenCanvas|null} */ canvas: null,
  /** @type {Record<string, string>} */ texts: {},
  palette: { ground: '', alarm: '', text: '' },
  family: 'sans-serif', width: 1, height: 1,
  beatAt: performance.now(), beat: '', hidden: false, painted: '',
};

onmessage = ({ data }) => {
  Object.assign(state, data);
  if ('beat' in data || data.hidden === false) state.beatAt = performance.now();
  if ('width' in data && state.canvas) {
    Object.assign(state.canvas, { width: state.width, height: state.height });
    state.painted = '?';
    look();
  }
};

setInterval(look, LOOK_MS);

function look() {
  if (!state.canvas) return;
  const silent = performance.now() - state.beatAt;
  const text = !state.hidden && silent > PATIENCE_MS ? say('wall.frozen', { age: age(silent / 1000) }) : '';
  if (text === state.painted) return;
  state.painted = text;
  paint(text);
}

/** @param {string} text "" paints nothing. */
function paint(text) {
  const { canvas, palette, texts, family, width, height, beat } = state;
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, width, height);
  if (!text) return;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  context.lineWidth = height * 0.06;
  context.strokeStyle = palette.alarm;
  context.strokeRect(0, 0, width, height);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  write(context, text, palette.alarm, 700, height * 0.34, height * 0.36, family, width);
  if (beat) write(context, texts['wall.frozen.as_of'].replace('{time}', beat), palette.text, 400, height * 0.2, height * 0.74, family, width);
}

function write(context, text, colour, weight, px, y, family, width) {
  context.font = `${weight} ${Math.round(px)}px ${family}`;
  context.fillStyle = colour;
  context.fillText(text, width / 2, y, width * 0.94);
}

function say(name, words) {
  return state.texts[name].replace(/\{(\w+)\}/g, (braces, word) => String(words[word] ?? braces));
}

function age(seconds) {
  if (seconds < 60) return say('age.seconds', { n: Math.floor(seconds) });
  if (seconds < 3600) return say('age.minutes', { n: Math.floor(seconds / 60) });
  return say('age.hours', { n: Math.floor(seconds / 3600) });
}
