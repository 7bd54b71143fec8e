// Runs in: base
(S) => {
  // Ids that stand more than once in one tree, and what refers to them. For 4.1.1 under the text of 2018.
  const trees = [
    document,
    ...S.all('*')
      .filter((el) => el.shadowRoot)
      .map((el) => el.shadowRoot),
  ].slice(0, 200);
  const duplicates = [];
  let ids = 0;
  for (const tree of trees) {
    const first = new Map();
    for (const el of tree.querySelectorAll('[id]')) {
      const id = el.getAttribute('id');
      if (!id.trim()) continue;
      ids += 1;
      if (!first.has(id)) {
        first.set(id, el);
        continue;
      }
      if (duplicates.length < 50 && !duplicates.some((d) => d.id === id)) {
        const escaped = CSS.escape(id);
        duplicates.push(
          S.place(el, {
            id: id.slice(0, 100),
            count: tree.querySelectorAll(`[id="${escaped}"]`).length,
            first: S.selector(first.get(id)),
            referred: Boolean(
              tree.querySelector(
                `[for="${escaped}"],[aria-labelledby~="${escaped}"],[aria-describedby~="${escaped}"],[aria-controls~="${escaped}"],[aria-owns~="${escaped}"],[headers~="${escaped}"],a[href="#${escaped}"]`,
              ),
            ),
          }),
        );
      }
    }
  }
  return { ids, duplicates };
};
