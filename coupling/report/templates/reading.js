'use strict';
(() => {
const MINUS = '\u2212', NONE = '\u2013', DAY = 86400000;
const PARTS = {d: 1, m: 1440, s: 86400};
const make = (tag, name, parent, text) => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text || '';
  if (parent) parent.append(made);
  return made;
};

// ---- columns -----------------------------------------------------------------------------------------------------
async function unpacked(text, heads) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const flow = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const plain = new Uint8Array(await new Response(flow).arrayBuffer());
  let at = 0;
  return heads.map(([name, kind, detail, rows, planes]) => {
    const whole = new Array(rows);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let step = 0;
      for (let plane = planes - 1; plane >= 0; plane--) step = step * 256 + plain[at + plane * rows + row];
      if (step) sum += step % 2 ? (step - 1) / 2 : -step / 2;
      whole[row] = step ? sum : NaN;
    }
    at += rows * planes;
    return {name, kind, detail, whole};
  });
}

const number = (column, row) => column.whole[row] / (column.kind === 'n' ? 10 ** column.detail : PARTS[column.detail] || 1);

function fixed(value, decimals) {  // as Python rounds: exactly, a half to the even neighbour
  const size = Math.abs(value) * 10 ** decimals, low = Math.floor(size);
  const half = size - low === 0.5 && Math.abs(value) * 2 ** (decimals + 1) % 1 === 0;
  const text = half && low % 2 === 0 ? (Math.sign(value) * low / 10 ** decimals).toFixed(decimals) : value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function shown(value, decimals) {
  if (!Number.isFinite(value)) return NONE;
  const [whole, rest] = fixed(value, decimals).replace('-', MINUS).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? '.' + rest : '');
}

function date(days, unit) {
  const text = new Date(Math.round(days * 86400) * 1000).toISOString();
  return unit === 'd' ? text.slice(0, 10) : text.slice(0, unit === 's' ? 19 : 16) + 'Z';
}

function cell(column, row) {
  if (column.kind === 'w') return column.detail[column.whole[row]];
  if (!Number.isFinite(column.whole[row])) return '';
  return column.kind === 't' ? date(number(column, row), column.detail) : fixed(number(column, row), column.detail);
}

const quoted = text => /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;

function csv(columns) {
  const line = cells => cells.map(quoted).join(',') + '\n';
  return line(columns.map(column => column.name)) + columns[0].whole.map((_, row) => line(columns.map(column => cell(column, row)))).join('');
}

// ---- figures -----------------------------------------------------------------------------------------------------
let lastX = null;  // the place read last, where the next figure begins

function nearest(line, x) {
  let low = 0, high = line.count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.x(middle) < x) low = middle + 1; else high = middle;
  }
  const before = low > 0 && x - line.x(low - 1) <= line.x(low) - x ? low - 1 : low;
  for (let away = 0; away < line.count; away++) {  // a missing value has nothing to read: its nearest neighbour
    if (Number.isFinite(line.value(before - away))) return before - away;
    if (Number.isFinite(line.value(before + away))) return before + away;
  }
  return before;
}

function lineOf(columns, [panel, label, start, step, count, x, estimate, lower, upper, decimals, height]) {
  const turned = height !== undefined;  // rows below each other, the first of them at this height
  const of = column => place => column < 0 || place < 0 || place >= count ? NaN : number(columns[column], start + step * place);
  const timed = columns[x].kind === 't', value = of(estimate), low = of(lower), high = of(upper);
  const at = turned ? place => height + place : of(x);
  const says = place => {
    const ends = Number.isFinite(low(place) + high(place)) ? ` (${shown(low(place), decimals)} to ${shown(high(place), decimals)})` : '';
    return `${label ? label + ' ' : ''}${shown(value(place), decimals)}${ends}`;
  };
  const where = place => turned ? cell(columns[x], place) : timed ? cell(columns[x], start + step * place) : shown(at(place), Number.isInteger(at(place)) ? 0 : 2);
  return {panel, count, x: at, value, says, where, timed, turned};
}

class Figure {
  constructor(figure) {
    this.figure = figure;
    this.told = JSON.parse(figure.dataset.lines);
    this.turned = this.told.lines.some(line => line.length > 10);
    this.layers = new Map();
    this.place = null;
    this.status = make('p', 'said', figure);
    this.status.setAttribute('role', 'status');
    this.link(figure.querySelector('a[download]'));
    for (const svg of figure.querySelectorAll('svg[data-panels]')) this.listen(svg);
  }

  load() {
    this.loading = this.loading || unpacked(this.figure.dataset.packed, this.told.columns).then(columns => {
      this.columns = columns;
      this.lines = this.told.lines.map(line => lineOf(columns, line));
    });
    return this.loading;
  }

  link(link) {
    if (!link) return;
    const note = this.figure.querySelector('figcaption .note');
    if (note) note.textContent = `. All ${this.told.columns[0][3].toLocaleString('en')} rows, rounded two decimals beyond those shown.`;
    link.addEventListener('click', event => {
      if (link.href.startsWith('blob:')) return;
      event.preventDefault();
      this.load().then(() => {
        link.href = URL.createObjectURL(new Blob([csv(this.columns.slice(0, this.told.of))], {type: 'text/csv'}));
        link.click();
      });
    });
  }

  listen(svg) {
    svg.panels = JSON.parse(svg.dataset.panels);
    svg.tabIndex = 0;
    svg.classList.add('read');
    const frame = make('div', 'reader');
    svg.replaceWith(frame);
    frame.append(svg);
    const layer = make('div', 'layer', frame);
    layer.setAttribute('aria-hidden', 'true');
    layer.hidden = true;
    layer.marks = svg.panels.map(() => {
      const rule = make('div', 'rule', layer);
      make('i', 'dot', rule);
      return [rule, make('div', 'label', layer)];
    });
    this.layers.set(svg, layer);
    const move = event => this.load().then(() => this.point(svg, event.clientX, event.clientY));
    svg.addEventListener('pointerdown', move);
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerleave', event => event.pointerType === 'mouse' && document.activeElement !== svg && this.hide());
    svg.addEventListener('focus', () => svg.matches(':focus-visible') && this.load().then(() => this.step(svg, 0)));
    svg.addEventListener('blur', () => this.hide());
    svg.addEventListener('keydown', event => this.key(svg, event));
  }

  panels(svg) {  // where the panels stand now: the style sheet sets cells side by side where there is room
    const box = svg.getBoundingClientRect(), {width, height} = svg.viewBox.baseVal, cells = svg.querySelectorAll('.cell');
    return svg.panels.map(([left, top, right, bottom, from, to, low, high, log, cell]) => {
      if (cell === undefined || cell < 0) return [left, top, right, bottom, from, to, low, high, log];
      const moved = cells[cell].getScreenCTM();
      const x = share => (moved.a * share * width + moved.e - box.left) / box.width;
      const y = share => (moved.d * share * height + moved.f - box.top) / box.height;
      return [x(left), y(top), x(right), y(bottom), from, to, low, high, log];
    });
  }

  point(svg, clientX, clientY) {
    const box = svg.getBoundingClientRect(), panels = this.panels(svg);
    const across = (clientX - box.left) / box.width, down = (clientY - box.top) / box.height;
    const away = ([left, top, right, bottom]) => Math.max(top - down, down - bottom, 0) + Math.max(left - across, across - right, 0);
    const panel = panels.reduce((best, each, place) => away(each) < away(panels[best]) ? place : best, 0);
    const [left, top, right, bottom, from, to, low, high] = panels[panel];
    this.show(svg, this.turned ? low + (bottom - down) / (bottom - top) * (high - low) : from + (across - left) / (right - left) * (to - from), panel);
  }

  key(svg, event) {
    const steps = {ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -Infinity, End: Infinity, ...this.turned && {ArrowUp: -1, ArrowDown: 1}};
    if (event.key === 'Escape') this.hide();
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.load().then(() => this.step(svg, steps[event.key] * (event.shiftKey ? 10 : 1)));
  }

  step(svg, by) {
    const panel = this.panel || 0;
    const line = this.lines.find(each => each.panel === panel) || this.lines[0];
    if (!line) return;
    let place = this.place === null ? (lastX !== null && line.timed ? nearest(line, lastX) : line.count - 1) : nearest(line, this.place);
    const side = by < 0 ? -1 : 1, end = by < 0 ? 0 : line.count - 1;
    for (let left = Math.min(Math.abs(by), line.count); left > 0 && place !== end; left--) place += side;
    while (!Number.isFinite(line.value(place)) && place !== end) place += side;
    this.show(svg, line.x(place), panel);
    this.status.textContent = this.told.said.join('; ');
  }

  show(svg, x, panel) {
    const layer = this.layers.get(svg);
    const first = this.lines.find(line => line.panel === panel) || this.lines[0];
    if (!first) return;
    this.panel = panel;
    this.place = first.x(nearest(first, x));
    this.where = first.where(nearest(first, x));
    if (first.timed) lastX = this.place;
    layer.hidden = false;
    this.told.said = this.panels(svg).map((sides, number) => this.mark(layer, sides, number)).filter(Boolean);
  }

  mark(layer, [left, top, right, bottom, from, to, low, high, log], number) {
    const read = this.lines.filter(line => line.panel === number).map(line => [line, nearest(line, this.place)]);
    const [rule, label] = layer.marks[number];
    if (!read.length) return null;
    const [line, place] = read[0], where = line.where(place), scale = value => log ? Math.log(value) : value;
    const across = value => left + (value - from) / (to - from) * (right - left);
    const down = value => bottom - Math.min(1, Math.max(0, (scale(value) - scale(low)) / (scale(high) - scale(low)))) * (bottom - top);
    const x = across(line.turned ? line.value(place) : line.x(place)), y = down(line.turned ? line.x(place) : line.value(place));
    const apart = line.turned && number !== this.panel && where !== this.where;  // rows of another name
    rule.hidden = label.hidden = apart || x < left - 0.001 || x > right + 0.001;
    if (rule.hidden) return null;
    const says = read.map(([each, at]) => (each.where(at) === where ? '' : each.where(at) + ' ') + each.says(at));
    const head = (line.timed || line.turned ? '' : this.told.along.replace(/\s*\(.*/, '') + ' ') + where;
    label.textContent = [head, ...says].join('\n');
    const share = value => `${100 * value}%`, flipped = x > (left + right) / 2;
    const sides = line.turned ? {left: share(left), top: share(y), width: share(right - left)} : {left: share(x), top: share(top), height: share(bottom - top)};
    Object.assign(rule.style, sides);
    Object.assign(rule.firstChild.style, line.turned ? {left: share((x - left) / (right - left))} : {top: share((y - top) / (bottom - top))});
    rule.firstChild.hidden = line.turned && read.length > 1;  // lanes have scales of their own
    const aside = line.turned ? (flipped ? left : right) : x, leftwards = line.turned !== flipped;
    Object.assign(label.style, {top: share(line.turned ? y : top), left: leftwards ? '' : share(aside), right: leftwards ? share(1 - aside) : ''});
    return [this.told.titles[number], head, ...says].filter(Boolean).join(', ');
  }

  hide() {
    for (const layer of this.layers.values()) layer.hidden = true;
  }
}

// ---- tables ------------------------------------------------------------------------------------------------------
const bare = text => text.replace(/[\u2007\u2008]/g, '').trim();

function sortKey(text) {
  const plain = bare(text).replace(/\u2212/g, '-').replace(/(\d),(?=\d{3})/g, '$1');
  if (!plain || plain === NONE) return null;
  if (/^-?\u221e/.test(plain)) return plain[0] === '-' ? -Infinity : Infinity;
  const found = /^[<>+]?(-?\d+(?:\.\d+)?)(?![\d:.-])/.exec(plain);
  return found ? Number(found[1]) - (plain[0] === '<' ? 1e-9 : 0) : plain;
}

function compare(a, b) {
  if (typeof a === typeof b) return typeof a === 'number' ? a - b : a.localeCompare(b);
  return typeof a === 'number' ? -1 : 1;
}

function sortable(table) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  if (rows.length < 2) return;
  heads.forEach((head, place) => {
    if (head.tagName !== 'TH') return;
    const button = make('button', 'sort', null, head.textContent);
    button.type = 'button';
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const next = {none: 'ascending', ascending: 'descending', descending: 'none'}[head.ariaSort || 'none'];
      for (const each of heads) each.removeAttribute('aria-sort');
      if (next !== 'none') head.setAttribute('aria-sort', next);
      const keys = new Map(rows.map(row => [row, sortKey(row.cells[place] ? row.cells[place].textContent : '')]));
      const side = next === 'descending' ? -1 : 1;
      const order = (one, other) => {
        const a = keys.get(one), b = keys.get(other);
        return a === null || b === null ? (a === null) - (b === null) : side * compare(a, b);
      };
      body.append(...(next === 'none' ? rows : [...rows].sort(order)));
    });
  });
}

function defused(text) {  // no cell is run as a formula by a spreadsheet
  const plain = bare(text).replace(/\u2212(?=[\d.])/g, '-');
  const risky = /^[ ']*[=+\-@\t\uff1d\uff0b\uff0d\uff20]/.test(plain) && !/^[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain);
  return (risky ? "'" : '') + (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replace(/,/g, '') : plain);
}

function copyable(table) {
  const button = make('button', 'copy', null, 'Copy as CSV');
  button.type = 'button';
  button.addEventListener('click', () => {
    const rows = [...table.rows].map(row => [...row.cells].map(each => quoted(defused(each.textContent))).join(',') + '\n');
    const say = text => { button.textContent = text; };
    navigator.clipboard.writeText(rows.join('')).then(() => say('Copied'), () => say('Could not be copied'));
    setTimeout(say, 2000, 'Copy as CSV');
  });
  (table.closest('.scroll') || table).after(button);
}

const each = (selector, work) => document.querySelectorAll(selector).forEach(work);
if (window.DecompressionStream) each('figure[data-lines]', figure => new Figure(figure));
each('.scroll > table', sortable);
each('.scroll > table', copyable);
})();
