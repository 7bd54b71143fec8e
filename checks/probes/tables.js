// Runs in: base
(S) => {
  // Tables: how they look and what they say of their headers. For 1.3.1.
  const shows = (cell) => S.visible(cell) && Boolean(S.text(cell, 20)) && !S.hiddenFromAT(cell);
  // A cell whose `headers` name a heading that stands over another column, or before another row, and leave out the one of the same
  // headings that is its own (F90): what it says and what the eye sees differ.
  const crossed = (table, isHeader) => {
    const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]) > 2;
    const rectOf = new Map();
    const rect = (cell) => rectOf.get(cell) || rectOf.set(cell, cell.getBoundingClientRect()).get(cell);
    const heads = [...table.querySelectorAll('th')].filter((th) => isHeader(th) && shows(th)).slice(0, 200);
    const inLine = (a, b) => shared(rect(a), rect(b), 'left', 'right');
    const inRow = (a, b) => shared(rect(a), rect(b), 'top', 'bottom');
    const told = (th) => S.text(th, 80).toLowerCase();
    const scope = (th) => th.getAttribute('scope') || '';
    const plain = (row) => [...row.cells].some((other) => !isHeader(other) && S.text(other, 20));
    let cells = 0;
    let first = null;
    for (const cell of [...table.querySelectorAll('td[headers]')].slice(0, 1000)) {
      if (!shows(cell)) continue;
      const named = cell
        .getAttribute('headers')
        .split(/\s+/)
        .filter(Boolean)
        .map((id) => document.getElementById(id));
      const other = (across, along, way) => {
        for (const head of named) {
          if (!head || !heads.includes(head) || across(head, cell) || along(head, cell)) continue;
          const own = heads.find(
            (th) =>
              th !== head && across(th, cell) && along(th, head) && !named.includes(th) && !scope(th).startsWith(way),
          );
          if (own && told(own) !== told(head) && !scope(head).startsWith(way)) return { head, own };
        }
        return null;
      };
      // Only where the heading that it names has a cell of its own in this row, or in this column.
      const astray = (found, row, across) =>
        found && [...row(found).cells].some((one) => one !== cell && one !== found.head && across(one, found))
          ? found
          : null;
      const column = astray(
        other(inLine, inRow, 'row'),
        () => cell.parentElement,
        (one, { head }) => inLine(one, head),
      );
      const row = column
        ? null
        : astray(
            other(inRow, inLine, 'col'),
            ({ head }) => head.parentElement,
            (one) => inLine(one, cell),
          );
      const wrong = column || (row && plain(row.head.parentElement) ? row : null);
      if (!wrong) continue;
      cells += 1;
      first = first || { cell, ...wrong };
    }
    return first
      ? S.place(first.cell, {
          cells,
          text: S.text(first.cell, 80),
          named: S.text(first.head, 80),
          own: S.text(first.own, 80),
        })
      : null;
  };
  // A column of headings that say they head what is below them, where there are headings like them only, and the data stand beside.
  const sideways = (grid, isHeader) => {
    const of = (cell) => cell.getAttribute('scope') || '';
    const down = (cell) => isHeader(cell) && of(cell).startsWith('col') && shows(cell);
    const columns = grid.length ? grid[0].length : 0;
    for (let j = 0; j < columns; j += 1) {
      const column = grid.map((row) => row[j]).filter(Boolean);
      const rest = column.slice(1);
      if (rest.length < 2 || !rest.every(down) || grid.some((row) => row.length !== columns)) continue;
      const beside = grid
        .slice(1)
        .every(
          (row) =>
            row.some((cell) => !isHeader(cell) && S.text(cell, 20)) &&
            !row.some((cell) => isHeader(cell) && cell !== row[j]) &&
            !row.some((cell) => cell.hasAttribute('headers')),
        );
      if (beside) return S.place(rest[0], { text: S.text(rest[0], 80), headings: rest.length });
    }
    return null;
  };
  // Marks of a data table on what only puts parts of a page beside each other (F46): a header cell with whole texts or a menu in it.
  // A summary or a caption is no mark by itself where texts and links stand in the cells: data have these too.
  const layout = (table) => {
    const rows = [...table.rows];
    const wide = rows.some((row) => row.cells.length > 1);
    if (/^\s*(none|presentation)\b/.test(table.getAttribute('role') || '') || rows.length > 4 || !wide) return null;
    const part = (cell) => Boolean(cell.querySelector('nav,form,h1,h2,h3,h4,h5,h6')) && S.text(cell, 200).length > 60;
    const whole = (cell) =>
      part(cell) || cell.querySelectorAll('p').length > 1 || cell.querySelectorAll('a[href]').length > 2;
    const cells = rows
      .flatMap((row) => [...row.cells])
      .filter((cell) => cell.closest('table') === table && S.visible(cell) && S.text(cell, 20));
    const parts = cells.filter(whole);
    const marks = [
      parts.some((cell) => cell.localName === 'th') && 'th',
      table.caption && S.text(table.caption, 80) && parts.some(part) && 'caption',
      (table.getAttribute('summary') || '').trim() && parts.some(part) && 'summary',
    ].filter(Boolean);
    return marks.length && parts.length >= 2 && 2 * parts.length >= cells.length ? marks.join(', ') : null;
  };
  const tables = S.all('table,[role=table],[role=grid],[role=treegrid]')
    .slice(0, 60)
    .filter((el) => S.visible(el) && !S.hiddenFromAT(el))
    .map((el) => {
      const native = el.localName === 'table';
      const rows = native ? [...el.rows] : [...el.querySelectorAll('[role=row]')];
      const cellsOf = (row) =>
        native
          ? [...row.cells]
          : [...row.querySelectorAll('[role=cell],[role=gridcell],[role=columnheader],[role=rowheader]')];
      const grid = rows
        .slice(0, 200)
        .map(cellsOf)
        .filter((r) => r.length);
      const isHeader = (c) =>
        c.localName === 'th' || ['columnheader', 'rowheader'].includes(c.getAttribute('role') || '');
      const columns = grid.length ? Math.max(...grid.map((r) => r.length)) : 0;
      const simple = grid.every((r) => r.every((c) => (c.colSpan || 1) === 1 && (c.rowSpan || 1) === 1));
      const texts = grid.map((r) => r.map((c) => S.text(c, 80)));
      const look = (c) => {
        const inner =
          c.querySelector('strong,b') && S.text(c.querySelector('strong,b'), 80) === S.text(c, 80)
            ? c.querySelector('strong,b')
            : c;
        const s = S.style(inner);
        const own = S.style(c);
        const row = S.style(c.parentElement);
        return {
          weight: Number(s.fontWeight),
          background: own.backgroundColor !== 'rgba(0, 0, 0, 0)' ? own.backgroundColor : row.backgroundColor,
        };
      };
      const distinct = (first, rest) => {
        const a = first.filter((c) => S.text(c, 20)).map(look);
        const b = rest.filter((c) => S.text(c, 20)).map(look);
        if (a.length < 2 || !b.length) return false;
        const bolder = a.every((x) => x.weight >= 600) && b.filter((x) => x.weight < 600).length >= 0.8 * b.length;
        const shade =
          a.every((x) => x.background === a[0].background) &&
          a[0].background !== 'rgba(0, 0, 0, 0)' &&
          b.every((x) => x.background !== a[0].background);
        return bolder || shade;
      };
      const body = grid
        .slice(1)
        .map((r) => r.slice(1))
        .flat();
      const filled = body.map((c) => S.text(c, 80)).filter(Boolean);
      const lengths = texts.flat().map((t) => t.length);
      const stray = [...el.querySelectorAll('[headers]')].some((o) =>
        o
          .getAttribute('headers')
          .split(/\s+/)
          .some((id) => id && !el.querySelector(`#${CSS.escape(id)}`)),
      );
      const unassigned =
        simple && grid.length > 1 && !['presentation', 'none'].includes(el.getAttribute('role') || '')
          ? grid
              .flatMap((r, i) => r.map((c, j) => ({ c, i, j })))
              .filter(({ c, i, j }) => {
                if (!isHeader(c) || !S.seen(c, 20) || S.hiddenFromAT(c)) return false; // what nobody sees as a heading of a column is none
                const scope =
                  c.getAttribute('scope') ||
                  (c.getAttribute('role') === 'columnheader'
                    ? 'col'
                    : c.getAttribute('role') === 'rowheader'
                      ? 'row'
                      : '');
                // A cell that names its headers belongs to those alone; a name that leads nowhere is told by axe, and makes the rest unsure.
                const free = (o) => !o.hasAttribute('headers');
                const below = grid.slice(i + 1).some((r) => r[j] && free(r[j]));
                const beside = grid[i].some((o) => !isHeader(o) && free(o));
                const named = c.id && el.querySelector(`[headers~="${CSS.escape(c.id)}"]`);
                // The same heading again at the foot of its column: the cells between have it from the head.
                const again =
                  i === grid.length - 1 &&
                  grid[0][j] &&
                  isHeader(grid[0][j]) &&
                  S.text(grid[0][j], 80) === S.text(c, 80) &&
                  grid.slice(1, i).some((r) => r[j] && !isHeader(r[j]));
                return (
                  !named &&
                  !stray &&
                  !again &&
                  !(scope.startsWith('col') ? below : scope.startsWith('row') ? beside : below || beside)
                );
              })
              .map(({ c }) => S.selector(c))
          : [];
      return S.place(el, {
        native,
        role: S.role(el),
        declared: el.getAttribute('role') || '',
        crossed: native && !stray ? crossed(el, isHeader) : null,
        sideways: simple ? sideways(grid, isHeader) : null,
        layout: native ? layout(el) : null,
        rows: grid.length,
        columns,
        simple,
        title:
          rows.length > 2 &&
          columns > 1 &&
          grid.length > 2 &&
          grid[0].length === 1 &&
          grid[0][0].colSpan >= columns - 1 &&
          grid[0][0].colSpan > 1
            ? (texts[0] || [])[0] || ''
            : '',
        nested: Boolean(el.querySelector('table')) || Boolean(S.parent(el) && S.parent(el).closest('table')),
        headers: grid.flat().filter(isHeader).length,
        // Not a menu: header cells with words that are no link.
        headed:
          grid.length > 0 &&
          grid[0].length > 1 &&
          grid[0].every((c) => isHeader(c) && S.text(c, 20) && !c.querySelector('a[href],button')),
        scoped: el.querySelectorAll('[scope],[headers]').length,
        caption: el.caption ? S.text(el.caption, 120) : '',
        interactive: el.querySelectorAll('input,select,textarea,form').length,
        pictures: el.querySelectorAll('img,iframe,video').length,
        blocksIn: el.querySelectorAll('p,div,ul,h1,h2,h3,h4').length,
        averageLength: lengths.length ? Math.round(lengths.reduce((a, b) => a + b, 0) / lengths.length) : 0,
        longest: Math.max(0, ...lengths),
        firstRow: (texts[0] || []).join(' | ').slice(0, 200),
        firstRowDistinct: grid.length > 2 ? distinct(grid[0], grid.slice(1).flat()) : false,
        firstColumnDistinct:
          grid.length > 2 && columns > 1
            ? distinct(grid.map((r) => r[0]).filter(Boolean), grid.map((r) => r.slice(1)).flat())
            : false,
        firstRowFilled:
          (texts[0] || []).length > 0 && (texts[0] || []).filter(Boolean).length >= (texts[0] || []).length - 1,
        firstRowNumeric: (texts[0] || []).filter((t) => S.numeric(t)).length,
        numeric: filled.length ? filled.filter((t) => S.numeric(t)).length / filled.length : 0,
        filled: filled.length,
        unassigned,
        rowsHeaderOnly: grid.filter((r) => r.every(isHeader)).length,
        code: Boolean(
          el.closest('code,.highlight,.blob-wrapper,[class*=calendar],[class*=datepicker],[class*=ui-datepicker]'),
        ),
      });
    });

  return { tables };
};
