/** A form for a JSON schema, as far as schemas of tools usually go; whatever is beyond that is typed as JSON. */
import { brief, html, json, nothing, text } from './ui.js';

const plain = new Set(['string', 'number', 'integer', 'boolean']);

const kindOf = (schema) => (Array.isArray(schema.enum) ? 'enum' : plain.has(schema.type) ? schema.type : 'json');

function control(name, schema, needed, place) {
  const title = schema.title ?? name;
  const id = `hint-${encodeURIComponent(`${place}-${name}`)}`;
  const described = schema.description ? id : nothing;
  const labelled = (input) => html`<div class="field">${input}
    ${schema.description ? html`<span class="hint" id=${id}>${schema.description}</span>` : nothing}</div>`;
  switch (kindOf(schema)) {
    case 'enum':
      return labelled(html`<label>${title}<select name=${name} ?required=${needed} aria-describedby=${described}>
        ${needed ? nothing : html`<option value=""></option>`}
        ${schema.enum.map((one, at) => html`<option value=${at} ?selected=${one === schema.default}>${brief(one)}</option>`)}</select></label>`);
    case 'boolean':
      return labelled(html`<label class="check"><input type="checkbox" name=${name} ?checked=${schema.default === true}
        aria-describedby=${described}>${title}</label>`);
    case 'number':
    case 'integer':
      return labelled(html`<label>${title}<input type="number" name=${name} ?required=${needed} aria-describedby=${described}
        step=${schema.type === 'integer' ? 1 : 'any'} min=${schema.minimum ?? nothing} max=${schema.maximum ?? nothing}
        value=${Number.isFinite(schema.default) ? schema.default : nothing} inputmode="decimal"></label>`);
    case 'string':
      return labelled(html`<label>${title}<textarea name=${name} rows="1" ?required=${needed} aria-describedby=${described}
        maxlength=${schema.maxLength ?? nothing} .defaultValue=${text(schema.default ?? '')}></textarea></label>`);
    default:
      return labelled(html`<label>${title}, as JSON<textarea name=${name} rows="3" class="mono" spellcheck="false"
        ?required=${needed} aria-describedby=${described}
        .defaultValue=${schema.default === undefined ? '' : JSON.stringify(schema.default)}></textarea></label>`);
  }
}

const neededBy = ({ required }) => new Set(Array.isArray(required) ? required : []);

/** @param place a name that no other form on the page has */
export function form(schema, place) {
  const needed = neededBy(schema);
  return Object.entries(schema.properties ?? {}).map(([name, one]) => control(name, one ?? {}, needed.has(name), place));
}

/** What such a form says, as arguments. Throws where a text is no JSON. */
export function read(schema, element) {
  const values = {};
  const needed = neededBy(schema);
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    const input = element.elements.namedItem(name);
    const kind = kindOf(one ?? {});
    if (kind === 'boolean') {
      values[name] = input.checked;
    } else if (input.value !== '' || (kind === 'string' && needed.has(name))) {
      values[name] = kind === 'number' || kind === 'integer' ? Number(input.value)
        : kind === 'enum' ? one.enum[input.value]
          : kind === 'json' ? json(input.value, one?.title ?? name) : input.value;
    }
  }
  return values;
}
