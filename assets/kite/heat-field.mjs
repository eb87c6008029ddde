/** A density field: heat splatted on a coarse raster and blurred three times, which is nearly a Gaussian. */

export class HeatField {
  /** Fit to a size in cells; the field is empty afterwards. @param {number} width @param {number} height */
  reset(width, height) {
    if (this.width !== width || this.height !== height) {
      this.width = width;
      this.height = height;
      this.values = new Float32Array(width * height);
      this._other = new Float32Array(width * height);
    } else this.values.fill(0);
  }

  /** Add heat at a place in cells, shared by the four cells around it. @param {number} x @param {number} y @param {number} heat */
  splat(x, y, heat) {
    const column = Math.floor(x - 0.5), row = Math.floor(y - 0.5);
    if (column < 0 || row < 0 || column + 1 >= this.width || row + 1 >= this.height) return;
    const right = x - 0.5 - column, down = y - 0.5 - row, at = row * this.width + column;
    this.values[at] += heat * (1 - right) * (1 - down);
    this.values[at + 1] += heat * right * (1 - down);
    this.values[at + this.width] += heat * (1 - right) * down;
    this.values[at + this.width + 1] += heat * right * down;
  }

  /** Three box blurs of this radius in cells; the sum stays, but for what leaves over the edge. @param {number} radius */
  blur(radius) {
    const { width, height } = this;
    for (let pass = 0; pass < 3; pass++) {
      for (let row = 0; row < height; row++) slide(this.values, this._other, row * width, 1, width, radius);
      for (let column = 0; column < width; column++) slide(this._other, this.values, column, width, height, radius);
    }
  }

  max() {
    let most = 0;
    for (let i = 0; i < this.values.length; i++) if (this.values[i] > most) most = this.values[i];
    return most;
  }
}

/** Means over a window that slides along one line. */
function slide(from, to, start, step, count, radius) {
  const share = 1 / (2 * radius + 1);
  let sum = 0;
  for (let i = 0; i < Math.min(radius, count); i++) sum += from[start + i * step];
  for (let i = 0; i < count; i++) {
    if (i + radius < count) sum += from[start + (i + radius) * step];
    if (i - radius - 1 >= 0) sum -= from[start + (i - radius - 1) * step];
    to[start + i * step] = sum * share;
  }
}
