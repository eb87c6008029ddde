/** Symbols, drawn once each and stamped from then on. */

/** @typedef {CanvasRenderingContext2D} Context */

/** How each symbol is drawn around (0, 0) with half its size `h`. @type {Record<string, (c: Context, h: number) => void>} */
const SHAPES = {
  square: (c, h) => c.rect(-h, -h, 2 * h, 2 * h),
  dot: (c, h) => c.arc(0, 0, h, 0, 2 * Math.PI),
  mark: (c, h) => c.roundRect(-h, -h, 2 * h, 2 * h, h * 0.45),
  diamond: (c, h) => polygon(c, [0, -h, h, 0, 0, h, -h, 0]),
  house: (c, h) => polygon(c, [0, -h, h, -h * 0.1, h * 0.7, -h * 0.1, h * 0.7, h, -h * 0.7, h, -h * 0.7, -h * 0.1, -h, -h * 0.1]),
  shop: (c, h) => polygon(c, [-h * 0.8, -h, h * 0.8, -h, h, -h * 0.2, h * 0.8, -h * 0.2, h * 0.8, h, -h * 0.8, h, -h * 0.8, -h * 0.2, -h, -h * 0.2]),
  gate: (c, h) => polygon(c, [-h, -h, h, -h, h, h, h * 0.45, h, h * 0.45, -h * 0.4, -h * 0.45, -h * 0.4, -h * 0.45, h, -h, h]),
  eye: (c, h) => {
    c.moveTo(-h * 1.2, 0);
    c.quadraticCurveTo(0, -h * 1.5, h * 1.2, 0);
    c.quadraticCurveTo(0, h * 1.5, -h * 1.2, 0);
    c.moveTo(h * 0.35, 0);
    c.arc(0, 0, h * 0.35, 0, 2 * Math.PI, true);
  },
  dome: (c, h) => {
    c.arc(0, h * 0.3, h, Math.PI, 0);
    c.lineTo(h * 0.55, h);
    c.lineTo(-h * 0.55, h);
    c.closePath();
  },
};

const PAD_PX = 3;

/** Symbols in a colour and size, with a sign or numeral in them. */
export class Sprites {
  /** @param {string} halo Colour around every symbol. @param {string} family Font of numerals. */
  constructor(halo, family) {
    this.halo = halo;
    this.family = family;
    /** @type {Map<string, HTMLCanvasElement>} */
    this._made = new Map();
  }

  /**
   * Stamp a symbol with its middle at (x, y).
   * @param {Context} context In CSS pixels. @param {string} symbol @param {string} colour @param {number} size
   * @param {number} x @param {number} y @param {string} sign @param {number} ratio Canvas pixels per CSS pixel.
   */
  stamp(context, symbol, colour, size, x, y, sign, ratio) {
    const key = `${symbol}${colour}${size}${sign}${ratio}`;
    let sprite = this._made.get(key);
    if (!sprite) {
      sprite = this._make(symbol, colour, size, sign, ratio);
      this._made.set(key, sprite);
    }
    const side = size + 2 * PAD_PX;
    context.drawImage(sprite, Math.round(x - side / 2), Math.round(y - side / 2), side, side);
  }

  _make(symbol, colour, size, sign, ratio) {
    const side = size + 2 * PAD_PX, canvas = document.createElement('canvas');
    canvas.width = canvas.height = Math.ceil(side * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.translate(side / 2, side / 2);
    context.beginPath();
    SHAPES[symbol](context, size / 2);
    context.strokeStyle = this.halo;
    context.lineWidth = 2;
    context.stroke();
    context.fillStyle = colour;
    context.fill();
    if (sign) this._sign(context, sign, size);
    return canvas;
  }

  _sign(context, sign, size) {
    context.fillStyle = this.halo;
    context.font = `700 ${Math.round(size * 0.72)}px ${this.family}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(sign, 0, size * 0.05);
  }
}

function polygon(context, points) {
  for (let i = 0; i < points.length; i += 2) {
    if (i === 0) context.moveTo(points[0], points[1]);
    else context.lineTo(points[i], points[i + 1]);
  }
  context.closePath();
}
