// Screens for the cases about terminals: one JSON object a line in, one line out for each that asks.
//   {"id","rows","cols"}   a new screen
//   {"id","data"}          the program writes
//   {"id","resize":[r,c]}  it is made larger or smaller
//   {"id","show":true}     asks what is to be seen: one line comes back
import { createInterface } from 'node:readline';
import xterm from '@xterm/headless';
import unicode11 from '@xterm/addon-unicode11';

const screens = new Map();

function cells(line, cols) {
  let out = '';
  let before = '';
  for (let x = 0; x < cols; x++) {
    const cell = line?.getCell(x);
    if (!cell || cell.getWidth() === 0) continue;
    const style = [
      cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor(),
      cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isBlink(),
      cell.isInverse(), cell.isInvisible(), cell.isStrikethrough(), cell.isOverline(),
    ].map(Number).join('.');
    if (style !== before) {
      out += `{${style}}`;
      before = style;
    }
    out += cell.getChars() || ' ';
  }
  return out.replace(/(\{0\.-1\.0\.-1(?:\.0)+\})? *$/, '');
}

function show(term) {
  const buffer = term.buffer.active;
  const lines = [];
  for (let y = 0; y < term.rows; y++) {
    lines.push(cells(buffer.getLine(buffer.baseY + y), term.cols));
  }
  const text = [];
  for (let y = 0; y < term.rows; y++) {
    // A line that was longer before a resize keeps its rest, where nobody sees it.
    const line = buffer.getLine(buffer.baseY + y);
    text.push(line?.translateToString(true, 0, term.cols).trimEnd() ?? '');
  }
  return {
    // Behind the last column while a wrap is due, also where wrapping is off, as nowhere else.
    size: [term.rows, term.cols], cursor: [buffer.cursorY, Math.min(buffer.cursorX, term.cols - 1)],
    buffer: buffer.type,
    modes: term.modes, lines, text,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const term = screens.get(order.id);
  if (order.rows) {
    const made = new xterm.Terminal({
      rows: order.rows, cols: order.cols, scrollback: 1000, allowProposedApi: true,
    });
    // Without it emoji are as narrow as in 2010, which no program takes them for.
    made.loadAddon(new unicode11.Unicode11Addon());
    made.unicode.activeVersion = '11';
    screens.set(order.id, made);
  } else if (order.data !== undefined) {
    await new Promise((done) => term.write(order.data, done));
  } else if (order.resize) {
    term.resize(order.resize[1], order.resize[0]);
  } else {
    console.log(JSON.stringify(show(term)));
  }
}
