// What a person reads on the way to this field: its labels, groups and description, and the text that ends within 300 px above or beside it.
// Also whether the field is on, and what the page's main heading is. `arg`: selector.
(S, arg) => {
  const el = S.find(arg);
  if (!el) return null;
  const r = el.getBoundingClientRect();
  const parts = [...(el.labels || [])].map((label) => S.text(label, 200));
  for (const attribute of ['aria-describedby', 'aria-labelledby'])
    for (const id of (el.getAttribute(attribute) || '').split(/\s+/).filter(Boolean).slice(0, 5)) {
      const t = document.getElementById(id);
      if (t) parts.push(t.textContent);
    }
  for (let at = S.parent(el); at; at = S.parent(at))
    if (at.matches('fieldset,[role=group],[role=radiogroup],form,[role=search]')) {
      const legend = at.querySelector('legend');
      parts.push(S.name(at), legend ? S.text(legend, 300) : '');
    }
  const range = document.createRange();
  for (const node of S.textNodes(document.body, 3000)) {
    if (!S.follows(node, el) || node.parentElement.closest('option,script,nav')) continue;
    range.selectNodeContents(node);
    const t = range.getBoundingClientRect();
    if (t.bottom <= r.bottom + 4 && r.top - t.bottom <= 300) parts.push(node.data);
  }
  const h1 = document.querySelector('h1');
  return {
    text: [el.getAttribute('aria-label') || '', el.title || '', el.placeholder || '', ...parts]
      .join(' ')
      .replace(/\s+/g, ' ')
      .slice(-3000),
    on: el.localName === 'input' ? el.checked : el.getAttribute('aria-checked') === 'true',
    last: el.localName === 'select' && el.selectedIndex >= el.options.length - 1,
    heading: h1 ? S.text(h1, 200) : '',
    maxLength: el.maxLength > 0 ? el.maxLength : 0,
    frames: [...document.querySelectorAll('iframe,frame')].map((f) => String(f.src).split(/[?#]/)[0]).slice(0, 30),
  };
};
