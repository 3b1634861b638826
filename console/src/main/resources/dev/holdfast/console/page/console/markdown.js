/** Markdown as agents write it, drawn as elements: whatever looks like HTML in it is text. */
import { html } from './ui.js';

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^\s*](?:.*?[^\s*])?)\*|\[([^\]]{1,500})\]\(([^\s)]{1,2000})\)/s;

/** Only addresses that lead to another page; anything else is shown as it was written. */
function safe(address) {
  try {
    const { protocol } = new URL(address, location.href);
    return ['http:', 'https:', 'mailto:'].includes(protocol);
  } catch {
    return false;
  }
}

function inline(text, depth = 0) {
  const parts = [];
  let rest = text;
  for (let found; depth < 5 && (found = INLINE.exec(rest)) !== null;) {
    const [whole, , code, bold, other, slanted, label, address] = found;
    parts.push(rest.slice(0, found.index));
    if (code !== undefined) {
      parts.push(html`<code>${code}</code>`);
    } else if (bold ?? other) {
      parts.push(html`<strong>${inline(bold ?? other, depth + 1)}</strong>`);
    } else if (slanted) {
      parts.push(html`<em>${inline(slanted, depth + 1)}</em>`);
    } else {
      parts.push(safe(address)
        ? html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow">${inline(label, depth + 1)}</a>` : whole);
    }
    rest = rest.slice(found.index + whole.length);
  }
  parts.push(rest);
  return parts;
}

const item = /^\s*(?:[-*+]|\d+[.)])\s+/;

function block(lines) {
  const first = lines[0];
  const heading = /^(#{1,6})\s+(.*)$/.exec(first);
  if (heading) {
    const title = inline(heading[2]);
    return heading[1].length < 3 ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`;
  }
  if (/^\s*>/.test(first)) {
    return html`<blockquote>${inline(lines.map((line) => line.replace(/^\s*>\s?/, '')).join('\n'))}</blockquote>`;
  }
  if (item.test(first)) {
    const items = [];
    for (const line of lines) {
      if (item.test(line)) {
        items.push(line.replace(item, ''));
      } else {
        items[items.length - 1] += `\n${line.trim()}`;
      }
    }
    const shown = items.map((one) => html`<li>${inline(one)}</li>`);
    return /^\s*\d/.test(first) ? html`<ol>${shown}</ol>` : html`<ul>${shown}</ul>`;
  }
  if (/^\s*\|.*\|\s*$/.test(first) && /^[\s|:-]+$/.test(lines[1] ?? '')) {
    const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
    return html`<div class="table"><table><thead><tr>${cells(first).map((cell) => html`<th>${inline(cell)}</th>`)}</tr></thead>
      <tbody>${lines.slice(2).map((line) => html`<tr>${cells(line).map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody></table></div>`;
  }
  return html`<p>${inline(lines.join('\n'))}</p>`;
}

export function markdown(source) {
  const blocks = [];
  let lines = [];
  let fence = null;
  const end = () => {
    if (lines.length) {
      blocks.push(block(lines));
      lines = [];
    }
  };
  for (const line of String(source).slice(0, 200_000).split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) {
      if (fence) {
        blocks.push(html`<pre><code>${fence.join('\n')}</code></pre>`);
        fence = null;
      } else {
        end();
        fence = [];
      }
    } else if (fence) {
      fence.push(line);
    } else if (!line.trim()) {
      end();
    } else if (/^#{1,6}\s/.test(line)) {
      end();
      blocks.push(block([line]));
    } else {
      if (lines.length && item.test(line) !== item.test(lines[0]) && item.test(line)) {
        end();
      }
      lines.push(line);
    }
  }
  if (fence) {
    blocks.push(html`<pre><code>${fence.join('\n')}</code></pre>`);
  }
  end();
  return html`<div class="markdown">${blocks}</div>`;
}
