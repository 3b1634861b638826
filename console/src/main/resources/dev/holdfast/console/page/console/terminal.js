/** xterm.js, under a policy that forbids styles within a page. */
import { Terminal } from './lib/xterm-6.0.0/xterm.mjs';
import { FitAddon } from './lib/xterm-6.0.0/addon-fit.mjs';
import { Unicode11Addon } from './lib/xterm-6.0.0/addon-unicode11.mjs';

/** An element for rules that go into a sheet made by script, which the policy allows, in place of a style in the page. */
function sheet() {
  const element = createElement('meta');
  const rules = new CSSStyleSheet();
  Object.defineProperty(element, 'textContent', { set: (css) => rules.replaceSync(css) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== rules);
    Element.prototype.remove.call(element);
  };
  document.adoptedStyleSheets.push(rules);
  return element;
}

// xterm.js makes style elements and sets style attributes, and asks the page's own document for them whatever
// document it is given: so both ways lead to what the policy allows.
const createElement = document.createElement.bind(document);
document.createElement = (tag, options) => (tag === 'style' ? sheet() : createElement(tag, options));

const { setAttribute } = Element.prototype;
Element.prototype.setAttribute = function set(name, value) {
  if (name === 'style') {
    this.style.cssText = value;
  } else {
    setAttribute.call(this, name, value);
  }
};

const theme = {
  background: '#11171c', foreground: '#dde5ea', cursor: '#58c9c2', cursorAccent: '#11171c', selectionBackground: '#2f5a63',
  black: '#1d262d', red: '#f47f78', green: '#79cf93', yellow: '#e6bf69', blue: '#80b2f5', magenta: '#d59bea', cyan: '#69cfd0', white: '#d3dce2',
  brightBlack: '#7e909c', brightRed: '#ff9f98', brightGreen: '#97e6ae', brightYellow: '#f5d58a', brightBlue: '#a3c8ff', brightMagenta: '#e5b8f5',
  brightCyan: '#8be3e4', brightWhite: '#ffffff',
};

/** Leaves the terminal by the keyboard: programs get every other key. Whether that was it. */
const leaves = ({ code, ctrlKey, shiftKey }) => code === 'KeyM' && ctrlKey && shiftKey;

/** A terminal in a box. `room` says how many rows and columns there is room for; `leave` is called where the keyboard leaves it. */
export function screen(box, { rows, cols, readOnly, readOut, leave }) {
  const terminal = new Terminal({
    rows, cols, theme, disableStdin: readOnly, scrollback: 5_000, fontSize: 13.5, cursorBlink: false,
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
    screenReaderMode: readOut, allowProposedApi: true,
  });
  const addon = new FitAddon();
  terminal.loadAddon(addon);
  // Without it emoji are as narrow as in 2010, which neither programs nor the gateway take them for.
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.open(box);
  terminal.textarea.setAttribute('aria-describedby', 'leaving');
  terminal.attachCustomKeyEventHandler((event) => {
    if (leaves(event)) {
      event.preventDefault();
      if (event.type === 'keydown') {
        leave();
      }
      return false;
    }
    // Where nothing can be typed, Tab leads on as everywhere.
    return !(event.key === 'Tab' && terminal.options.disableStdin);
  });
  return { terminal, room: () => addon.proposeDimensions() };
}
