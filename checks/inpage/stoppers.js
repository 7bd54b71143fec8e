// Controls that may pause, stop or hide a moving thing, best first. `arg`: {selector, words (regular expression)}.
(S, arg) => {
  const el = S.find(arg.selector);
  if (!el) return [];
  const words = new RegExp(arg.words, 'i');
  const rings = [el];
  for (let up = S.parent(el), n = 0; up && n < 3 && !up.matches('body,main,[role=main],html'); up = S.parent(up), n++)
    rings.push(up);
  const outer = rings[rings.length - 1];
  const box = el.getBoundingClientRect();
  const found = [];
  for (const c of S.all(
    'button,[role=button],[role=switch],[role=checkbox],input[type=checkbox],input[type=button],summary,a,[tabindex="0"],video[controls],audio[controls]',
  )) {
    if (!S.visible(c) || S.disabled(c) || (c !== el && c.contains(el))) continue;
    if (c.matches('video,audio')) {
      if (c === el) found.push({ c, rank: 0, name: 'controls', why: 'own controls' });
      continue;
    }
    if (
      c.localName === 'a' &&
      c.href &&
      c.getAttribute('href')[0] !== '#' &&
      !/^javascript:/i.test(c.getAttribute('href'))
    )
      continue;
    if (c.type === 'submit' && c.form) continue;
    const name = `${S.name(c)} ${S.text(c, 60)} ${c.title || ''}`.replace(/\s+/g, ' ').trim();
    const label = `${name} ${String(c.getAttribute('class') || '').slice(0, 80)} ${c.id}`;
    const inside = outer.contains(c);
    const r = c.getBoundingClientRect();
    const near =
      r.left < box.right + 100 && r.right > box.left - 100 && r.top < box.bottom + 100 && r.bottom > box.top - 100;
    const named = words.test(label);
    if (!named && !inside && !near) continue;
    found.push({
      c,
      name: name.slice(0, 80),
      why: named ? 'name' : inside ? 'inside' : 'near',
      rank: named
        ? inside
          ? 1
          : near
            ? 2
            : 3
        : c.hasAttribute('aria-pressed') || c.matches('[role=switch],[role=checkbox],input[type=checkbox]') || !name
          ? 4
          : 5,
    });
  }
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, 7)
    .map((f) => S.place(f.c, { name: f.name, why: f.why }));
};
