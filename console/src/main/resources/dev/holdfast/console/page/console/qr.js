/** A text as a QR code, to be read by a camera: dark on light with its margin, whatever the colours of the page. */
import { qrcode } from './lib/qrcode-generator-2.0.4/qrcode.mjs';
import { html } from './ui.js';

const MARGIN = 4;

/** Pixels of a dot: a whole number, so that all are alike. */
const DOT = 5;

export function qr(text, label) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const rows = [];
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column)) {
        rows.push(`M${column} ${row}h1v1h-1z`);
      }
    }
  }
  const side = count + 2 * MARGIN;
  return html`<svg class="qr" width=${side * DOT} height=${side * DOT} viewBox="${-MARGIN} ${-MARGIN} ${side} ${side}" role="img" aria-label=${label} shape-rendering="crispEdges">
    <rect x=${-MARGIN} y=${-MARGIN} width=${side} height=${side}/><path d=${rows.join('')}/></svg>`;
}
