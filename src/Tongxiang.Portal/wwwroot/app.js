// Behaviour by delegated events and custom elements only: page bodies are replaced under us by enhanced navigation.
'use strict';
document.documentElement.classList.add('js');

// Filters apply at once; without scripts the form keeps its own button.
document.addEventListener('change', e => { if (e.target.matches('.auto')) e.target.form?.requestSubmit(); });

// Suggestions after two characters; without scripts the box is a plain search.
let typing;
document.addEventListener('input', e => {
  const box = e.target;
  if (!box.dataset?.suggest || !box.list) return;
  clearTimeout(typing);
  if (box.value.length < 2) { box.list.replaceChildren(); return; }
  typing = setTimeout(async () => {
    const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(box.value)}`);
    if (answer.ok) box.list?.replaceChildren(...(await answer.json()).map(text => Object.assign(document.createElement('option'), { value: text })));
  }, 150);
});

// A link that has a dialog opens it; without scripts it is a link to a page.
document.addEventListener('click', e => {
  const opener = e.target.closest('[data-dialog]');
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) { e.preventDefault(); dialog.showModal(); }
  const jump = e.target.closest('.skip,.err-sum a');
  const target = jump && document.getElementById(decodeURIComponent(jump.hash.slice(1)));
  if (target) { e.preventDefault(); e.stopPropagation(); target.focus(); target.scrollIntoView({ block: 'center' }); }
  if (e.target.closest('.menu a')) e.target.closest('details').open = false;
});

// A form is sent once: a second press while the first is under way would ask twice.
document.addEventListener('submit', e => {
  if (e.target.method !== 'post') return;
  if (e.target.dataset.sent) { e.preventDefault(); return; }
  e.target.dataset.sent = '1';
  setTimeout(() => delete e.target.dataset.sent, 4000);
});

// After a step the heading takes the focus, after a miss the summary of errors; a filter keeps it where it was.
let path = location.pathname;
// On a phone each row of these tables is shown as a card (app.css): its cells carry the words of their column.
const stack = () => document.querySelectorAll('table.stack').forEach(table => {
  const heads = [...table.tHead.rows[0].cells].map(c => c.textContent.trim());
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, i) => {
    if (cell.tagName === 'TD') cell.dataset.label = heads[i] ?? '';
    cell.classList.toggle('none', !cell.textContent.trim() && !cell.querySelector('input,select,textarea,button'));
  });
  table.classList.add('stacked');
});
const settle = () => {
  document.documentElement.classList.add('js');
  document.querySelectorAll('form[data-sent]').forEach(f => delete f.dataset.sent);
  stack();
  const errors = document.querySelector('.err-sum');
  if (errors) errors.focus();
  else if (location.pathname !== path && !location.hash) { const h = document.querySelector('h1'); if (h) { h.tabIndex = -1; h.focus({ preventScroll: true }); scrollTo(0, 0); } }
  path = location.pathname;
};
addEventListener('DOMContentLoaded', () => { globalThis.Blazor?.addEventListener?.('enhancedload', settle); stack(); document.querySelector('.err-sum')?.focus(); });

const sheet = css => { const s = new CSSStyleSheet(); s.replaceSync(css); return s; };

// <tx-chart>: the server drew it; a readout follows the pointer and the arrow keys. Drawn in a shadow root, out of reach of any merge.
const chartCss = sheet(':host{display:block;position:relative}output{position:absolute;top:0;right:0;background:#1a2332;color:#fff;padding:2px 10px;border-radius:4px;font-size:14px;line-height:1.6}output:empty{display:none}');
customElements.define('tx-chart', class extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [chartCss];
    root.append(document.createElement('slot'), this.out = document.createElement('output'));
    const marks = () => [...this.querySelectorAll('.bar,.dot')];
    const show = (mark, i) => {
      this.at = i;
      marks().forEach(m => m.classList.toggle('on', m === mark));
      this.out.textContent = mark?.querySelector('title')?.textContent ?? '';
    };
    const nearest = e => {
      const all = marks(), x = e.clientX;
      const i = all.reduce((best, m, k) => { const r = m.getBoundingClientRect(), d = Math.abs((r.left + r.right) / 2 - x); return d < best[1] ? [k, d] : best; }, [-1, 1e9])[0];
      if (i >= 0) show(all[i], i);
    };
    const svg = () => this.querySelector('svg');
    this.addEventListener('pointermove', e => { if (svg()?.contains(e.target)) nearest(e); });
    this.addEventListener('pointerleave', () => show(null, -1));
    this.addEventListener('keydown', e => {
      if (e.target !== svg() || !['ArrowLeft', 'ArrowRight', 'Escape'].includes(e.key)) return;
      e.preventDefault();
      const all = marks(), i = e.key === 'Escape' ? -1 : Math.min(all.length - 1, Math.max(0, (this.at ?? -1) + (e.key === 'ArrowRight' ? 1 : -1)));
      show(all[i] ?? null, i);
    });
  }
});

// <tx-copy>: a button that copies the code it holds.
const copyCss = sheet(':host{display:block;position:relative}button{position:absolute;top:8px;right:8px;font:inherit;font-size:14px;min-height:32px;padding:2px 12px;border:1px solid #5f6b7c;border-radius:4px;background:#fff;color:#0b5cad;cursor:pointer}button:hover{background:#e8f1fb}@media(max-width:600px){button{position:static;display:block;width:100%;margin-top:8px;min-height:44px}}button:focus-visible{outline:3px solid #ffbf47;box-shadow:0 0 0 5px #1a2332}');
customElements.define('tx-copy', class extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot || !navigator.clipboard) return;
    const root = this.attachShadow({ mode: 'open' }), button = document.createElement('button');
    root.adoptedStyleSheets = [copyCss];
    button.type = 'button';
    button.textContent = this.getAttribute('label');
    button.setAttribute('aria-live', 'polite');
    button.onclick = async () => {
      await navigator.clipboard.writeText(this.querySelector('code').textContent);
      button.textContent = this.getAttribute('done');
      setTimeout(() => button.textContent = this.getAttribute('label'), 2000);
    };
    root.append(document.createElement('slot'), button);
  }
});

// <tx-progress>: live figures over server-sent events; when the stream breaks, the page is asked again every five seconds.
customElements.define('tx-progress', class extends HTMLElement {
  connectedCallback() {
    const src = this.getAttribute('src');
    if (!src) return;
    const bar = this.querySelector('progress'), text = this.querySelector('[data-text]'), count = this.querySelector('[data-count]');
    const fresh = () => location.reload();
    this.stream = new EventSource(src);
    this.stream.onmessage = e => {
      const d = JSON.parse(e.data);
      if (d.end) { this.stream.close(); fresh(); return; }
      if (d.total > 0) { bar.max = d.total; bar.value = d.done; } else bar.removeAttribute('value');
      if (d.text && text.textContent !== d.text) text.textContent = d.text;
      count.textContent = d.done.toLocaleString('en') + (d.total > 0 ? ' / ' + d.total.toLocaleString('en') : '');
    };
    this.stream.onerror = () => { if (this.stream.readyState === EventSource.CLOSED) this.timer = setTimeout(fresh, 5000); };
  }
  disconnectedCallback() { this.stream?.close(); clearTimeout(this.timer); }
});
