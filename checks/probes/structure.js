// Runs in: base
(S) => {
  // What text looks like beside what it is marked up as: lists, headings, columns made with spaces, and the order of blocks. For 1.3.1, 1.3.2, 2.4.6.
  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  const count = (text) => (text ? text.split(' ').length : 0);
  const root = document.body;
  if (!root || document.documentElement.localName !== 'html')
    return {
      blocks: 0,
      lists: [],
      headings: [],
      sections: [],
      grids: [],
      columns: [],
      spaced: [],
      pseudo: [],
      inversions: [],
      wrongDirection: [],
    };

  // Leaf blocks: the smallest blocks that hold visible text, in tree order, each with the style of its text.
  const BLOCK = /^(block|list-item|table-cell|flex|grid|flow-root|table-caption|inline-block|inline-flex)$/;
  const blocks = [];
  const byElement = new Map();
  const nodes = S.textNodes(root, 4000);
  for (const node of nodes) {
    const host = node.parentElement;
    const el = S.closest(host, (at) => BLOCK.test(S.style(at).display)) || root;
    let block = byElement.get(el);
    if (!block) {
      block = { el, text: '', styles: new Map() };
      byElement.set(el, block);
      blocks.push(block);
    }
    if (block.text.length < 3000) block.text += ' ' + node.data;
    const s = S.style(host);
    const key = [
      Math.round(parseFloat(s.fontSize) * 10) / 10,
      Number(s.fontWeight),
      s.color,
      s.fontFamily.split(',')[0],
      s.textTransform,
      s.fontStyle,
    ].join('|');
    block.styles.set(key, (block.styles.get(key) || 0) + node.data.trim().length);
  }
  for (const block of blocks) {
    block.text = fold(block.text);
    block.words = count(block.text);
    const r = block.el.getBoundingClientRect();
    block.rect = { left: r.left + scrollX, right: r.right + scrollX, top: r.top + scrollY, bottom: r.bottom + scrollY };
    const [key] = [...block.styles.entries()].sort((a, b) => b[1] - a[1])[0];
    block.signature = block.styles.size === 1 ? key : '';
    const [size, weight] = key.split('|').map(Number);
    block.size = size;
    block.weight = weight;
  }
  const median = (pairs) => {
    const sorted = pairs.sort((a, b) => a[0] - b[0]);
    const half = sorted.reduce((sum, pair) => sum + pair[1], 0) / 2;
    let sum = 0;
    for (const [value, weight] of sorted) {
      sum += weight;
      if (sum >= half) return value;
    }
    return 16;
  };
  const long = blocks.filter((b) => b.words >= 10);
  const bodySize = median((long.length ? long : blocks).map((b) => [b.size, b.text.length]));
  const bodyWeight = median((long.length ? long : blocks).map((b) => [b.weight, b.text.length]));

  // Headings as they are marked up, with their look and what follows them.
  const HEADING = 'h1,h2,h3,h4,h5,h6,[role=heading]';
  const marked = S.all(HEADING)
    .slice(0, 300)
    .filter(
      (el) => S.role(el) === 'heading' && el.checkVisibility({ visibilityProperty: true }) && !S.hiddenFromAT(el),
    );
  const looks = new Map();
  const isMarked = new Set(marked);
  const texts = marked.map(() => '');
  // Words of a section in running text: not in a list, a table, a link, a picture's caption or a list of names.
  const LISTED =
    'ul,ol,menu,dl,table,a[href],button,label,nav,figure,address,[role=list],[role=listitem],[role=table],[role=grid],[role=link],[role=button],[role=tablist]';
  const running = marked.map(() => 0);
  const prose = (block) => {
    if (block.words < 6 || S.closest(block.el, (at) => at.matches(LISTED))) return 0;
    const linked = [...block.el.querySelectorAll('a[href],button')].reduce((sum, a) => sum + S.text(a, 300).length, 0);
    return 2 * linked < block.text.length ? block.words : 0;
  };
  // What stands behind the part of the page in which a heading stands is not its text; of a heading that opens and shuts what follows, that
  // is its text, also while it is shut.
  const parts = marked.map((el) =>
    S.closest(el, (up) =>
      up.matches(
        'main,nav,aside,footer,dialog,[role=main],[role=navigation],[role=complementary],[role=contentinfo],[role=dialog]',
      ),
    ),
  );
  const openerOf = (el) =>
    el.querySelector('[aria-expanded=false]') || el.closest('[aria-expanded=false],details:not([open]) > summary');
  const panelOf = (opener) =>
    opener.localName === 'summary'
      ? opener.parentElement
      : document.getElementById(opener.getAttribute('aria-controls') || '');
  const shut = (el) => {
    const opener = openerOf(el);
    if (!opener) return '';
    const panel = panelOf(opener);
    return panel
      ? fold(panel.textContent.replace(opener.localName === 'summary' ? opener.textContent : '', '')).slice(0, 600)
      : ' ';
  };
  const shutProse = (el) => {
    const panel = panelOf(openerOf(el));
    const listed = panel ? [...panel.querySelectorAll(LISTED)].filter((at) => !at.parentElement.closest(LISTED)) : [];
    return count(shut(el)) - listed.reduce((sum, at) => sum + count(fold(at.textContent)), 0);
  };
  let at = -1; // the last heading that begins before the block: both lists are in tree order
  for (const block of blocks) {
    while (at + 1 < marked.length && (marked[at + 1] === block.el || S.follows(marked[at + 1], block.el))) at += 1;
    const heading = S.closest(block.el, (up) => isMarked.has(up));
    if (heading) {
      const level = S.level(heading);
      if (block.signature && level >= 2 && level <= 4 && block.text.length < 120) looks.set(block.signature, level);
    } else if (at >= 0 && texts[at].length < 600 && (!parts[at] || parts[at].contains(block.el))) {
      texts[at] += ' ' + block.text;
      running[at] += prose(block);
    }
  }
  // Headings right above fields or tabs: what stands there are labels and instructions, not a text about the heading.
  const operated = new Set();
  at = -1;
  for (const el of S.all('input:not([type=hidden]),select,textarea,[role=tablist],[role=combobox]').slice(0, 500)) {
    while (at + 1 < marked.length && S.follows(marked[at + 1], el)) at += 1;
    if (at >= 0 && S.visible(el) && (!parts[at] || parts[at].contains(el))) operated.add(marked[at]);
  }
  // A heading's name without the link to itself that a program put at its end ("Permalink to …", ¶).
  const called = (el) => {
    const name = S.name(el);
    const own = [...el.querySelectorAll('a[href^="#"]')]
      .filter((link) => [el, el.parentElement].some((at) => at && at.id && link.getAttribute('href') === '#' + at.id))
      .map((link) => S.name(link))
      .find((part) => part && name.endsWith(part) && name.length > part.length);
    return own ? name.slice(0, -own.length).trim() : name;
  };
  // The whole carousel: its slides carry such names as well.
  const strip = (el) => {
    let whole = null;
    for (let at = S.strip(el); at; at = S.parent(at) && S.strip(S.parent(at))) whole = at;
    return whole ? S.selector(whole) : '';
  };
  // A heading that is the title of one of many (a card, an entry of an overview, a row of people), or of another page.
  const entry = (el) => {
    if (S.closest(el, (at) => at.matches('a[href]:not([href^="#"]),li,dt,td,[role=listitem]'))) return true;
    if (el.querySelector('a[href]:not([href^="#"])')) return true;
    let at = S.parent(el);
    for (let i = 0; i < 4 && at && at !== root && at.parentElement; i += 1, at = S.parent(at)) {
      const { localName, className } = at;
      const same = [...at.parentElement.children]
        .slice(0, 60)
        .filter((kid) => kid.localName === localName && kid.className === className && kid.querySelector(HEADING));
      if (
        same.length > 2 &&
        same.every((kid) => kid.querySelector('a[href],img,svg') && count(fold(kid.textContent)) <= 60)
      )
        return true;
    }
    return false;
  };
  const sections = marked.map((el, i) => {
    const text = shut(el) || texts[i];
    return S.place(el, {
      level: S.level(el),
      name: called(el).slice(0, 200),
      text: fold(text).slice(0, 600),
      words: count(fold(text)),
      prose: shut(el) ? shutProse(el) : running[i],
      entry: entry(el),
      operated: operated.has(el),
      shown: S.visible(el),
      strip: strip(el),
    });
  });

  // Text that looks like a heading and is none.
  const NOT_HEADING =
    'li,table,button,label,legend,figcaption,caption,nav,header,footer,summary,dt,a,blockquote,form,[role=tab],[role=button],[aria-hidden=true],[role=dialog],[role=alert],address';
  const headed = (el) => {
    const at = el.closest(HEADING);
    return at && !['none', 'presentation', 'generic'].includes(S.role(at)) ? at : null;
  };
  const fake = [];
  blocks.forEach((block, i) => {
    if (
      fake.length >= 60 ||
      block.words < 1 ||
      block.words > 12 ||
      block.text.length > 100 ||
      !/\p{L}{3}/u.test(block.text) ||
      /[.!,;…:]$|^[“”„\"'‘«]/.test(block.text)
    )
      return; // a quotation set apart is no heading
    if (
      !block.signature ||
      headed(block.el) ||
      block.el.closest(NOT_HEADING) ||
      S.closest(block.el, (at) => /cookie|consent|leaflet|ol-viewport|map/i.test(at.id + ' ' + at.className))
    )
      return;
    const bigger = block.size >= 1.2 * bodySize;
    const bolder = block.weight >= 600 && bodyWeight < 600;
    if (!bigger && !bolder) return;
    const next = blocks[i + 1];
    // Over a list or a table too, what its markup calls a heading is one (F92).
    const removed = Boolean(block.el.closest(HEADING));
    if (!next || next.el.closest(HEADING) || next.el.contains(block.el)) return;
    // Above a few words it is one when there are more that look like it.
    const brief = !removed && next.words < 20;
    if (!removed && (next.words < 8 || next.el.closest('table,nav') || (brief && !/[.!?]$/.test(next.text)))) return;
    if (!(next.size < block.size || next.weight < block.weight)) return;
    const gap = next.rect.top - block.rect.bottom;
    const indent = next.rect.left - block.rect.left;
    if (gap < -4 || gap > 40 || indent < -4 || indent > (removed ? 60 : 4)) return;
    fake.push(
      S.place(block.el, {
        text: block.text.slice(0, 120),
        next: next.text.slice(0, 120),
        size: block.size,
        weight: block.weight,
        bodySize,
        bigger,
        bolder,
        sameAsLevel: looks.get(block.signature) || 0,
        strong: Boolean(block.el.querySelector('strong,b')) && block.el.localName === 'p',
        removed,
        brief,
        signature: block.signature,
      }),
    );
  });
  const alike = (one) => fake.filter((other) => other.signature === one.signature).length;
  const unmarked = fake.filter((one) => !one.brief || alike(one) >= 2);
  // A bold first line and a break, with the text below it in the same paragraph.
  for (const block of blocks) {
    const bold =
      unmarked.length < 60 &&
      block.words >= 21 &&
      block.el.localName !== 'li' &&
      [...block.el.childNodes].find((node) => node.nodeType !== Node.TEXT_NODE || node.data.trim());
    if (
      !bold ||
      bold.nodeType !== Node.ELEMENT_NODE ||
      !bold.matches('strong,b,span') ||
      Number(S.style(bold).fontWeight) < 600 ||
      bodyWeight >= 600 ||
      block.weight >= 600 ||
      headed(block.el) ||
      block.el.closest(NOT_HEADING)
    )
      continue;
    let after = bold.nextSibling;
    while (after && after.nodeType === Node.TEXT_NODE && !after.data.trim()) after = after.nextSibling;
    const line = fold(bold.textContent);
    const broken = (after && after.localName === 'br') || (bold.lastChild && bold.lastChild.localName === 'br');
    if (broken && count(line) <= 12 && line.length <= 100 && /\p{L}{3}/u.test(line) && !/[.!,;…:]$/.test(line))
      unmarked.push(
        S.place(bold, {
          text: line.slice(0, 120),
          next: block.text.slice(line.length, line.length + 120).trim(),
          size: block.size,
          weight: 700,
          bodySize,
          bigger: false,
          bolder: true,
          sameAsLevel: 0,
          strong: true,
          removed: false,
        }),
      );
  }

  // Lines that begin with a mark of a list.
  const MARK =
    /^\s*(?:([•▪◦‣●■○◾◼▫∙·])\s*|([*\-–—\uFFFC]|o(?= ))\s+|([→➔➜➤➢►▶▸»›✓✔✅☑])\s*|(\d{1,2}|[a-z])[.)]\s+)\S/u;
  const lists = [];
  const inList = (el) => el.closest('li,[role=listitem],[role=list],pre,code,select,svg,nav,address,[role=navigation]');
  const linesOf = (el) => {
    const lines = [''];
    const pictures = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) lines[lines.length - 1] += node.data;
      else if (node.localName === 'br') lines.push('');
      else if (!lines[lines.length - 1].trim() && picture(node)) {
        lines[lines.length - 1] = '\uFFFC ';
        pictures[lines.length - 1] = picture(node);
      } else if (node.nodeType === Node.ELEMENT_NODE && S.rendered(node)) node.childNodes.forEach(walk);
    };
    el.childNodes.forEach(walk);
    return lines.map((line, i) => ({ text: fold(line), el, picture: pictures[i] || '' })).filter((line) => line.text);
  };
  // What stands before the words and is no text: a bullet of the style sheet, or a small picture, the same before each line.
  const small = (el) => {
    const r = el.getBoundingClientRect();
    return r.width > 2 && r.width <= 32 && r.height <= 32;
  };
  const lead = (el) => {
    if (el.matches('a,button,summary,dt,dd,label') || el.closest('[role=menu],[role=tablist],footer')) return '';
    const s = S.style(el);
    if (s.display === 'list-item' && /^(disc|circle|square)$/.test(s.listStyleType)) return '• ';
    const made = /^"\s*([•▪◦‣●■○·])\s*"$/.exec(S.style(el, '::before').content);
    return made ? `${made[1].replace('·', '•')} ` : '';
  };
  const picture = (el) =>
    el && /^(img|svg|i)$/.test(el.localName) && small(el) && !S.name(el)
      ? `${el.localName} ${el.getAttribute('src') || el.getAttribute('class') || fold(el.innerHTML).slice(0, 200)}`
      : '';
  const firstIn = (el) => [...el.childNodes].find((node) => node.nodeType !== Node.TEXT_NODE || node.data.trim());
  const runs = (lines) => {
    const found = [];
    let run = null;
    lines.forEach((line, i) => {
      const of = MARK.exec(line.text);
      const kind = !of ? '' : of[1] ? 'bullet' : of[4] ? 'number' : 'dash';
      const mark = !of ? '' : of[2] === '\uFFFC' ? line.picture : of[1] || of[2] || of[3] || of[4];
      const numeric = kind === 'number' && /^\d+$/.test(mark);
      const goesOn =
        run &&
        kind === run.kind &&
        (kind === 'number'
          ? numeric
            ? Number(mark) === run.last + 1
            : mark.charCodeAt(0) === run.last + 1
          : mark === run.mark);
      const value = kind === 'number' ? (numeric ? Number(mark) : mark.charCodeAt(0)) : 0;
      if (goesOn) {
        run.lines.push(line);
        run.last = value;
      } else
        run =
          kind && (kind !== 'number' || mark === '1' || mark === 'a')
            ? { kind, mark, last: value, lines: [line], from: i }
            : null;
      if (run && run.lines.length === 3) found.push(run);
    });
    return found;
  };
  const listed = new Set();
  const note = (el, run, how) => {
    if (lists.length < 40 && !listed.has(el)) {
      listed.add(el);
      lists.push(
        S.place(el, {
          kind: run.kind,
          mark: run.mark,
          lines: run.lines.length,
          how,
          sample: run.lines
            .slice(0, 3)
            .map((l) => l.text.slice(0, 60))
            .join(' / '),
        }),
      );
    }
  };
  for (const block of blocks) {
    if (block.el.querySelector('br') && !inList(block.el)) {
      const [run] = runs(linesOf(block.el)).sort((a, b) => b.lines.length - a.lines.length);
      if (run) note(block.el, run, 'lines');
    }
  }
  const siblings = new Map();
  for (const block of blocks)
    if (block.el.parentElement && !inList(block.el))
      siblings.set(block.el.parentElement, [
        ...(siblings.get(block.el.parentElement) || []),
        {
          text: block.text,
          el: block.el,
          next: block.el.nextElementSibling,
          rect: block.rect,
          made: false,
          picture: '',
        },
      ]);
  for (const [parent, kids] of siblings) {
    if (kids.length < 3 || parent.closest('tr')) continue;
    for (const kid of kids.slice(0, 200)) {
      const before = MARK.test(kid.text) ? '' : lead(kid.el);
      if (!before) kid.picture = MARK.test(kid.text) ? '' : picture(firstIn(kid.el));
      kid.made = Boolean(before || kid.picture);
      if (kid.made) kid.text = `${before || '\uFFFC '}${kid.text}`;
    }
    // Neighbours only: numbers at the start of far-apart paragraphs are chapters. What a style sheet puts between things that stand in a row is no bullet.
    for (const run of runs(kids)) {
      const last = run.lines.length - 1;
      if (
        run.lines.every(
          (line, i) =>
            i === last ||
            (line.next === run.lines[i + 1].el && (!line.made || run.lines[i + 1].rect.top >= line.rect.bottom - 2)),
        ) &&
        (run.kind !== 'number' || run.lines.every((l) => l.text.length < 200))
      )
        note(run.lines[0].el, run, 'blocks');
    }
  }

  // Lists with their marks in view whose role is taken away (F92).
  for (const el of S.all('ul[role],ol[role]').slice(0, 200)) {
    const items =
      S.role(el) === 'list' || !/^\s*(none|presentation)\b/.test(el.getAttribute('role'))
        ? []
        : [...el.children].filter(
            (li) =>
              li.localName === 'li' &&
              S.style(li).display === 'list-item' &&
              S.style(li).listStyleType !== 'none' &&
              S.visible(li) &&
              S.text(li, 20),
          );
    if (items.length >= 2 && !S.hiddenFromAT(el) && lists.length < 40)
      lists.push(
        S.place(el, {
          kind: 'removed',
          mark: '',
          lines: items.length,
          how: 'role',
          sample: items
            .slice(0, 3)
            .map((li) => S.text(li, 60))
            .join(' / '),
        }),
      );
  }

  // Rows of boxes that stand like a table's and are none: as many short texts in each row, under each other from row to row.
  const grids = [];
  const noTable = (el) =>
    el.closest(
      'table,[role=table],[role=grid],[role=row],[role=treegrid],[role=listbox],ul,ol,dl,nav,form,header,footer,[role=navigation],svg,button,a,[class*=calendar],[class*=datepicker]',
    );
  // The first row looks like none of the others: bold, or on a ground of its own, in every box.
  const rowsLook = (row) =>
    row.map((cell) => {
      const text = S.textNodes(cell, 1)[0];
      const ground = [cell, cell.parentElement].map((at) => S.style(at).backgroundColor).find((c) => S.rgba(c)[3] > 0);
      return [text ? Number(S.style(text.parentElement).fontWeight) >= 600 : false, ground || ''];
    });
  const headRow = (rows) => {
    const [first, ...rest] = rows.map(rowsLook);
    const below = rows.slice(1).flat();
    const menu =
      2 * below.filter((cell) => cell.matches('a[href]') || cell.querySelector('a[href]')).length > below.length;
    return (
      !menu &&
      [0, 1].some(
        (i) =>
          first.every((cell) => cell[i]) && rest.every((row) => row.slice(1).every((cell) => cell[i] !== first[0][i])),
      )
    );
  };
  const candidates = new Set(blocks.map((b) => S.parent(b.el) && S.parent(S.parent(b.el))).filter(Boolean));
  for (const el of [...candidates].slice(0, 1500)) {
    if (grids.length >= 10) break;
    if (el.children.length < 3 || noTable(el)) continue;
    const rows = [...el.children]
      .filter((row) => S.visible(row))
      .map((row) => [...row.children].filter((cell) => S.visible(cell)));
    const columns = rows.length ? rows[0].length : 0;
    if (rows.length < 3 || columns < 3 || columns > 12 || rows.some((row) => row.length !== columns)) continue;
    const rects = rows.map((row) => row.map((cell) => cell.getBoundingClientRect()));
    const aligned = rects.every((row, i) =>
      row.every(
        (r, j) =>
          Math.abs(r.left - rects[0][j].left) < 3 &&
          (j === 0 || r.left >= row[j - 1].right - 2) &&
          (i === 0 || r.top >= rects[i - 1][j].bottom - 2),
      ),
    );
    const texts = rows.map((row) => row.map((cell) => S.text(cell, 80)));
    const body = texts
      .slice(1)
      .flatMap((row) => row.slice(1))
      .filter(Boolean);
    if (
      !aligned ||
      texts.flat().some((t) => t.length > 60) ||
      texts.flat().filter(Boolean).length < 0.8 * rows.length * columns ||
      (body.filter((t) => S.numeric(t)).length < 0.6 * body.length && !headRow(rows))
    )
      continue;
    grids.push(S.place(el, { rows: rows.length, columns, firstRow: texts[0].join(' | ').slice(0, 150) }));
  }

  // Two columns of running text are no table; nor are lines of a name, a colon and what belongs to it.
  const kindOf = (lines) => {
    const two = lines.filter((parts) => parts.length === 2);
    const prose = two.filter((parts) => parts.every((part) => count(fold(part)) >= 3)).length;
    const pairs = two.filter(([name]) => /:$/.test(name.trim())).length;
    return { prose: prose >= 0.6 * lines.length, pairs: pairs === lines.length };
  };
  // What a program printed, quoted as it came: whose table that is, and whether it must be one here, is for a person.
  const printed = (el, lines) =>
    Boolean(el.closest('[class*=screen],[class*=console],[class*=terminal],[class*=output],[class*=listing]')) ||
    lines.some((line) => /^[\s|+]*[-=]{3,}[-=\s|+]*$/.test(line) && /[-=][+|][-=]/.test(line));
  // Columns made with spaces in preformatted text.
  const columns = [];
  for (const el of S.all('pre,p,div,td,span,textarea').slice(0, 4000)) {
    if (columns.length >= 10) break;
    if (
      !/\S(?: {4,}|\t+)\S/.test(el.textContent || '') ||
      !S.style(el).whiteSpace.startsWith('pre') ||
      el.closest('code,kbd,samp,textarea,[contenteditable]') ||
      el.querySelector('code,kbd,samp,pre,span[class]') ||
      !S.visible(el) ||
      columns.some((c) => c.el.contains(el))
    )
      continue;
    const lines = el.textContent
      .replace(/\t/g, '        ')
      .split('\n')
      .filter((l) => l.trim());
    if (/[{};=<>]|=>|\/\/|::/.test(el.textContent)) continue;
    const edges = lines.map((l) => [...l.matchAll(/\S {4,}(?=\S)/g)].map((m) => m.index + m[0].length));
    const tally = new Map();
    for (const positions of edges) for (const p of new Set(positions)) tally.set(p, (tally.get(p) || 0) + 1);
    const aligned = [...tally.entries()].filter(([, n]) => n >= 3 && n >= 0.6 * lines.length);
    if (lines.length >= 3 && aligned.length)
      columns.push({
        el,
        lines: lines.length,
        columns: aligned.length + 1,
        ...kindOf(lines.map((l) => l.trim().split(/ {4,}/))),
        printed: printed(el, lines),
        sample: lines
          .slice(0, 3)
          .map((l) => fold(l).slice(0, 60))
          .join(' / '),
      });
  }

  // Columns made with spaces that do not break, line by line: at least three, under each other to the eye.
  const GAP = /(?<=\S)[ \u00a0]*\u00a0[ \u00a0]*\u00a0[ \u00a0]*\u00a0[ \u00a0]*(?=\S)/g;
  for (const block of blocks) {
    if (columns.length >= 10) break;
    if (!/\u00a0[ \u00a0]*\u00a0/.test(block.el.textContent) || !block.el.querySelector('br')) continue;
    if (block.el.closest('table,code,svg,[contenteditable]') || columns.some((c) => c.el.contains(block.el))) continue;
    const lines = [[]];
    let sample = '';
    const walker = document.createTreeWalker(block.el, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node && lines.length < 60; node = walker.nextNode()) {
      if (node.localName === 'br') lines.push([]);
      if (node.nodeType !== Node.TEXT_NODE) continue;
      sample += ` ${node.data}`;
      for (const gap of node.data.matchAll(GAP)) {
        const range = document.createRange();
        range.setStart(node, gap.index + gap[0].length);
        range.setEnd(node, gap.index + gap[0].length + 1);
        lines[lines.length - 1].push(range.getBoundingClientRect().left);
      }
    }
    const rows = lines.filter((line) => line.length >= 2);
    const under = rows.every(
      (line) => line.length === rows[0].length && line.every((x, i) => Math.abs(x - rows[0][i]) < 24),
    );
    if (rows.length >= 3 && rows.length >= 0.6 * lines.length && under)
      columns.push({
        el: block.el,
        lines: rows.length,
        columns: rows[0].length + 1,
        sample: fold(sample).slice(0, 180),
      });
  }

  // Words spaced out by hand.
  const spaced = [];
  const everything = ` ${fold(document.title + ' ' + blocks.map((b) => b.text).join(' ')).toLowerCase()} `;
  for (const node of nodes) {
    if (spaced.length >= 10) break;
    if (!/\p{L}[ \u00a0]\p{L}[ \u00a0]\p{L}/u.test(node.data)) continue;
    for (const found of node.data.matchAll(/(?<![\p{L}\d.])(?:\p{L}[ \u00a0]){3,}\p{L}(?![\p{L}\d.])/gu)) {
      const letters = found[0].replace(/[ \u00a0]/g, '');
      const lower = letters.toLowerCase();
      const alphabet = [...lower].every((c, i) => i === 0 || c >= lower[i - 1]);
      if (!alphabet)
        spaced.push(
          S.place(node.parentElement, {
            text: found[0].slice(0, 60),
            word: lower.slice(0, 40),
            elsewhere: new RegExp(`[^\\p{L}]${lower}[^\\p{L}]`, 'u').test(everything),
          }),
        );
    }
  }

  const pseudo = S.written(document)
    .filter(({ el }) => !S.hiddenFromAT(el))
    .slice(0, 20)
    .map(({ el, which, text }) => S.place(el, { which, content: text }));

  // Blocks that stand above what is read before them.
  const inversions = [];
  const cause = (el) => {
    for (let at = el; at && at !== root; at = S.parent(at)) {
      const s = S.style(at);
      const p = S.parent(at) ? S.style(S.parent(at)) : s;
      if (s.position === 'fixed' || s.position === 'sticky') return 'fixed';
      if (p.readingFlow && p.readingFlow !== 'normal') return 'reading-flow';
      if (s.order !== '0' && /flex|grid/.test(p.display)) return 'order';
      if (/reverse/.test(p.flexDirection) && p.display.includes('flex')) return 'reverse';
      if (p.display.includes('grid') && s.gridRowStart !== 'auto') return 'grid placement';
      if (s.position === 'absolute') return 'absolute';
      if (s.float !== 'none') return 'float';
      if (parseFloat(s.marginTop) < -10) return 'negative margin';
    }
    return '';
  };
  const TURNS = [
    /^(allereerst|eerst|ten eerste|first|firstly)\b/i,
    /^(daarna|vervolgens|ten tweede|then|next|secondly)\b/i,
    /^(tot slot|ten slotte|als laatste|finally)\b/i,
  ];
  const step = (text) =>
    Number((/^(?:stap|step|fase|deel|vraag)?\s*(\d{1,2})\b/i.exec(text) || [])[1] || 0) ||
    TURNS.findIndex((words) => words.test(text)) + 1;
  for (let i = 0; i + 1 < blocks.length && inversions.length < 20; i++) {
    const [a, b] = [blocks[i], blocks[i + 1]];
    const shared = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
    if (
      shared < 0.5 * Math.min(a.rect.right - a.rect.left, b.rect.right - b.rect.left) ||
      b.rect.bottom > a.rect.top + 1 ||
      a.el.contains(b.el) ||
      b.el.contains(a.el)
    )
      continue;
    if (a.el.ownerSVGElement || b.el.ownerSVGElement) continue; // the numbers along an axis have no order that could be wrong
    const why = cause(b.el) || cause(a.el);
    if (
      ['', 'fixed', 'reading-flow'].includes(why) ||
      S.closest(a.el, (at) => ['fixed', 'sticky'].includes(S.style(at).position))
    )
      continue;
    inversions.push(
      S.place(b.el, {
        cause: why,
        first: a.text.slice(0, 80),
        then: b.text.slice(0, 80),
        heading: Boolean(
          b.el.closest('h1,h2,h3,h4,h5,h6,[role=heading]') || a.el.closest('h1,h2,h3,h4,h5,h6,[role=heading]'),
        ),
        label: Boolean(a.el.closest('label,legend') || b.el.closest('label,legend')),
        step: step(a.text) > 0 && step(b.text) > 0 && step(a.text) !== step(b.text),
      }),
    );
  }
  // Fields or steps in one row that stand the other way round than they are read.
  const fieldIn = (el) => Boolean(el.closest('label,legend') || el.querySelector('label,legend'));
  const beside = (a, b) =>
    Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top) >=
    0.5 * Math.min(a.rect.bottom - a.rect.top, b.rect.bottom - b.rect.top);
  const rowsTold = new Set();
  for (let i = 0; i + 1 < blocks.length && inversions.length < 20; i++) {
    const [a, b] = [blocks[i], blocks[i + 1]];
    if (!beside(a, b) || b.rect.right > a.rect.left + 1 || a.el.contains(b.el) || b.el.contains(a.el)) continue;
    if (S.style(a.el).direction === 'rtl') continue;
    const label = fieldIn(a.el) && fieldIn(b.el);
    // Numbers that go down may be dates.
    const down = step(a.text) > step(b.text) && ![a, b].some((one) => /^\d/.test(one.text));
    const steps = step(a.text) > 0 && step(b.text) > 0 && (step(b.text) > step(a.text) || down);
    const why = label || steps ? cause(b.el) || cause(a.el) : '';
    const row = S.closest(b.el, (at) => at.contains(a.el));
    if (['', 'fixed', 'reading-flow'].includes(why) || rowsTold.has(row)) continue;
    rowsTold.add(row);
    inversions.push(
      S.place(b.el, {
        cause: why,
        first: a.text.slice(0, 80),
        then: b.text.slice(0, 80),
        heading: false,
        label,
        step: steps,
      }),
    );
  }
  // Two headings beside each other with nothing between, and only then the text that stands under the first of them.
  const short = (block) => block.words > 0 && block.words <= 6 && !/[.!?:]$/.test(block.text);
  const below = (head, text) =>
    text.rect.top >= head.rect.bottom - 1 &&
    text.rect.top - head.rect.bottom < 60 &&
    Math.abs(text.rect.left - head.rect.left) < 24;
  for (let i = 0; i + 3 < blocks.length && inversions.length < 20; i++) {
    const [a, b, text] = blocks.slice(i, i + 3);
    if (!short(a) || !short(b) || !beside(a, b) || b.rect.left < a.rect.right - 1) continue;
    if (!below(a, text) || below(b, text) || text.words < 2 || !blocks.slice(i + 3, i + 30).some((t) => below(b, t)))
      continue;
    const marks = [a, b].map((block) => block.el.closest('h1,h2,h3,h4,h5,h6,[role=heading]'));
    const placed = [b, text].every((block) => cause(block.el) === 'absolute');
    if (![a, b, text].some((block) => block.el.closest('table,nav,label,button,[role=tablist],[role=grid],svg')))
      if (marks.every(Boolean) ? S.level(marks[0]) === S.level(marks[1]) : placed)
        inversions.push(
          S.place(text.el, {
            cause: cause(text.el) || 'grid',
            first: b.text.slice(0, 80),
            then: text.text.slice(0, 80),
            heading: true,
            label: false,
            step: false,
          }),
        );
  }
  const wrongDirection = blocks
    .filter(
      (b) =>
        (b.text.match(/[\u0590-\u08FF]/g) || []).length >= 30 &&
        (b.text.match(/[\u0590-\u08FF]/g) || []).length > 0.6 * (b.text.match(/\p{L}/gu) || []).length &&
        S.style(b.el).direction === 'ltr',
    )
    .slice(0, 10)
    .map((b) => S.place(b.el, { text: b.text.slice(0, 80) }));

  return {
    blocks: blocks.length,
    bodySize,
    lists,
    headings: unmarked,
    sections,
    grids,
    columns: columns.map(({ el, ...c }) => S.place(el, c)),
    spaced,
    pseudo,
    inversions,
    wrongDirection,
  };
};
