// Runs in: any
(S) => {
  // Every form field a person can see: its name for assistive technology, its real labels, the text that stands near it, its group and its form.
  const TYPED =
    'input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]),select,textarea';
  const CUSTOM =
    '[role=textbox],[role=searchbox],[role=combobox],[role=spinbutton],[role=checkbox],[role=radio],[role=switch],[role=slider],[role=listbox]';
  // The list that a field opens belongs to that field, and is labelled by it.
  const opened = new Set(
    S.all('[aria-controls],[aria-owns]')
      .filter(
        (el) =>
          el.getAttribute('role') === 'combobox' ||
          el.getAttribute('aria-haspopup') === 'listbox' ||
          el.localName === 'input',
      )
      .flatMap((el) => `${el.getAttribute('aria-controls') || ''} ${el.getAttribute('aria-owns') || ''}`.split(/\s+/))
      .filter(Boolean),
  );
  const fields = S.all(`${TYPED},${CUSTOM}`)
    .filter((el) => !(el.getAttribute('role') === 'listbox' && S.closest(el, (at) => opened.has(at.id))))
    .slice(0, 300);
  if (!fields.length) return { fields: [], forms: 0 };

  // What stands near a field and is not about it: where the page is in the site, a key to press, a mark such as "New".
  const ASIDE =
    'kbd,nav,[role=navigation],[class*=breadcrumb i],[class*=kruimel i],[class~=badge],[class~=tag],[class~=chip]';
  // Text runs for "what stands next to this field": measured once.
  const runs = S.textNodes(document.body, 3000)
    .filter((node) => !node.parentElement.closest('option,select,textarea,script'))
    .map((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const r = range.getBoundingClientRect();
      const lines = [...range.getClientRects()].filter((line) => line.width > 1);
      const ofControl = Boolean(
        S.closest(
          node.parentElement,
          (at) =>
            at.matches(
              `a[href],button,summary,[role=button],[role=link],[role=tab],[role=option],[role=menuitem],[role=treeitem],[role=gridcell],${CUSTOM}`,
            ) ||
            // A control without a role, such as the `div` that opens a menu.
            (at.matches('[tabindex="0"]') &&
              S.style(at).cursor === 'pointer' &&
              !at.querySelector(`${TYPED},${CUSTOM},label`)),
        ),
      );
      return {
        node,
        ofControl,
        heading: Boolean(node.parentElement.closest('h1,h2,h3,h4,h5,h6,[role=heading]')),
        aside: S.closest(node.parentElement, (at) => at.matches(ASIDE)),
        text: node.data.replace(/\s+/g, ' ').trim(),
        left: r.left,
        right: r.right,
        top: r.top,
        bottom: r.bottom,
        // What stands right of a box begins there, and what stands left of a field ends there: it may have more lines.
        first: lines[0] || r,
        last: lines[lines.length - 1] || r,
      };
    })
    .filter((run) => run.right - run.left > 1 && /[\p{L}\p{N}]/u.test(run.text));

  const checkable = (el) =>
    el.matches('input[type=checkbox],input[type=radio],[role=checkbox],[role=radio],[role=switch]');
  const toLabel = (el) => [...(el.labels || [])];
  const shown = (el) => S.visible(el) || toLabel(el).some((label) => S.visible(label) && S.seen(label, 40));
  const overlap = (a0, a1, b0, b1) => Math.max(0, Math.min(a1, b1) - Math.max(a0, b0));

  // The words that come just before it in one running line: where the line breaks between them, they stand at the end of the one above.
  const runningUp = (el) => {
    for (let at = el; at && S.style(at).display.startsWith('inline'); at = S.parent(at)) {
      for (let before = at.previousSibling; before; before = before.previousSibling) {
        if (before.nodeType === Node.TEXT_NODE && before.data.trim())
          return before.data.replace(/\s+/g, ' ').trim().slice(0, 120);
        if (before.nodeType !== Node.ELEMENT_NODE || S.style(before).display === 'none') continue;
        if (!S.style(before).display.startsWith('inline') || before.matches(`br,button,${TYPED},${CUSTOM}`)) return '';
        if (S.seen(before, 120)) return before.querySelector(`button,${TYPED},${CUSTOM}`) ? '' : S.seen(before, 120);
      }
    }
    return '';
  };
  // A help text stands between a question and its choices: a field or group is described by it, it is called so, or it is a sentence.
  const pointedTo = new Set(
    S.all('[aria-describedby]')
      .slice(0, 300)
      .flatMap((el) => el.getAttribute('aria-describedby').split(/\s+/)),
  );
  const HELP = /help|hint|form-?text|description|uitleg|toelichting/i;
  const helps = (run) =>
    !/[?:][\s*]*$/.test(run.text) &&
    (/[.!]$/.test(run.text) ||
      Boolean(
        S.closest(
          run.node.parentElement,
          (at) =>
            (at.id && pointedTo.has(at.id)) ||
            (HELP.test(`${at.getAttribute('class') || ''} ${at.id}`) && !at.querySelector(`${TYPED},${CUSTOM}`)),
        ),
      ));
  // The question above a choice, past help texts and not past another choice.
  const questionAbove = (el) => {
    const r = el.getBoundingClientRect();
    const up = runs
      .filter(
        (run) =>
          run.bottom <= r.top + 2 &&
          run.bottom > r.top - 240 &&
          (overlap(run.left, run.right, r.left, r.right) > 4 || Math.abs(run.left - r.left) < 12),
      )
      .sort((a, b) => b.bottom - a.bottom);
    let edge = r.top;
    const help = [];
    for (const run of up) {
      const label = run.node.parentElement.closest('label');
      if (edge - run.bottom >= 60 || run.ofControl || (label && label.control && label.control !== el)) break;
      if (!helps(run)) return { above: run.text.slice(0, 120), help: help.join(' ').slice(0, 200) };
      help.unshift(run.text);
      edge = run.top;
    }
    return { above: '', help: help.join(' ').slice(0, 200) };
  };
  // What describes a field, stands right above it and can be seen.
  const describers = (el) => {
    const r = el.getBoundingClientRect();
    return (el.getAttribute('aria-describedby') || '')
      .split(/\s+/)
      .slice(0, 5)
      .map((id) => id && el.getRootNode().getElementById?.(id))
      .filter((at) => {
        if (!at || at.contains(el) || !S.visible(at)) return false;
        const b = at.getBoundingClientRect();
        return b.bottom <= r.top + 2 && r.top - b.bottom < 24;
      });
  };
  const others = new Map();
  const near = (el) => {
    const r = el.getBoundingClientRect();
    const found = { left: '', above: '', right: '', below: '' };
    const ofControls = {};
    const asides = {};
    // A question stands further above its choices than a label above its field.
    const gaps = { left: 24, above: checkable(el) ? 60 : 24, right: 24, below: 12 };
    // What describes the field and stands above it is no label: that stands above both.
    const hints = checkable(el) ? [] : describers(el);
    const top = Math.min(r.top, ...hints.map((at) => at.getBoundingClientRect().top));
    const rows = (line) => overlap(line.top, line.bottom, r.top, r.bottom) > 4;
    for (const run of runs) {
      if (run.bottom < top - 64 || run.top > r.bottom + 16 || hints.some((at) => at.contains(run.node))) continue;
      const columns = overlap(run.left, run.right, r.left, r.right) > 4 || Math.abs(run.left - r.left) < 12;
      const side =
        rows(run.last) && run.last.right <= r.left + 2
          ? ['left', r.left - run.last.right]
          : rows(run.first) && run.first.left >= r.right - 2
            ? ['right', run.first.left - r.right]
            : columns && run.bottom <= top + 2
              ? ['above', top - run.bottom]
              : columns && run.top >= r.bottom - 2
                ? ['below', run.top - r.bottom]
                : null;
      // Labels of a column stand further away from short fields than their own width: 160 px to the left still reads as one row.
      const reach = side && side[0] === 'left' ? 160 : 24;
      if (
        side &&
        !el.contains(run.node) &&
        side[1] < (gaps[side[0]] === 24 && side[0] === 'left' && !found.left ? reach : gaps[side[0]])
      ) {
        gaps[side[0]] = side[1];
        found[side[0]] = run.text.slice(0, 120);
        asides[side[0]] = Boolean(run.aside && !S.closest(el, (at) => at === run.aside));
        const label = run.node.parentElement.closest('label');
        ofControls[side[0]] =
          run.ofControl || run.heading || asides[side[0]] || Boolean(label && label.control && label.control !== el);
      }
    }
    if (!found.left && !found.above && !checkable(el)) found.left = runningUp(el);
    // Sides on which the text is that of another control, is a heading, or is not about a field.
    const sides = (of) => Object.keys(of).filter((side) => of[side]);
    others.set(el, { controls: sides(ofControls), asides: sides(asides) });
    return found;
  };
  // A drawn icon, image or button inside or against the field: a magnifier says "search" to who sees it.
  const attached = (el) => {
    const r = el.getBoundingClientRect();
    const box =
      el.closest('form,[role=search],fieldset') ||
      (el.parentElement && el.parentElement.parentElement) ||
      document.body;
    return (
      [...box.querySelectorAll('button,input[type=submit],input[type=image],img,svg,i,[role=button],[role=img]')]
        .slice(0, 60)
        .some((other) => {
          if (other === el || !S.visible(other)) return false;
          const o = other.getBoundingClientRect();
          return overlap(o.top, o.bottom, r.top, r.bottom) > 4 && o.left < r.right + 24 && o.right > r.left - 24;
        }) || S.style(el).backgroundImage.includes('url(')
    );
  };

  const idText = (el, attribute) =>
    (el.getAttribute(attribute) || '')
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 5)
      .map((id) => el.getRootNode().getElementById && el.getRootNode().getElementById(id))
      .filter(Boolean)
      .map((t) => t.textContent.replace(/\s+/g, ' ').trim())
      .join(' ')
      .slice(0, 300);
  // A text that names the field by aria-labelledby and can be seen beside or not far above it.
  const labelledbySeen = (el) => {
    const r = el.getBoundingClientRect();
    return (el.getAttribute('aria-labelledby') || '')
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 5)
      .map((id) => el.getRootNode().getElementById?.(id))
      .filter((at) => {
        if (!at || at === el || at.contains(el) || !S.visible(at)) return false;
        const b = at.getBoundingClientRect();
        return (b.bottom <= r.top + 8 && r.top - b.bottom < 120) || overlap(b.top, b.bottom, r.top, r.bottom) > 4;
      })
      .map((at) => S.seen(at, 300))
      .join(' ')
      .trim();
  };
  const groupsOf = (el) => {
    const groups = [];
    for (let at = S.parent(el); at && groups.length < 4; at = S.parent(at)) {
      if (at.localName === 'fieldset' || ['group', 'radiogroup'].includes(at.getAttribute('role') || '')) {
        const legend = at.localName === 'fieldset' ? [...at.children].find((kid) => kid.localName === 'legend') : null;
        groups.push({
          selector: S.selector(at),
          name: ['none', 'presentation', 'generic'].includes(S.role(at)) ? '' : S.name(at).slice(0, 200),
          seen: legend ? S.seen(legend, 200) : '',
        });
      }
    }
    return groups;
  };
  // What holds a radio button of the author's own make and its like: these have no name that ties them.
  const among = (el) => {
    const RADIO = '[role=radio]';
    const all = el.matches(RADIO) && S.closest(S.parent(el), (at) => at.querySelectorAll(RADIO).length > 1);
    return all ? S.selector(all) : '';
  };
  // The nearest heading before each field in document order, within the same form or anywhere above.
  const headings = S.all('h1,h2,h3,h4,h5,h6,[role=heading]').slice(0, 300);
  let begun = -1; // fields are asked about in tree order, so that headings are passed once
  const headingBefore = (el) => {
    while (begun + 1 < headings.length && S.follows(headings[begun + 1], el)) begun += 1;
    return begun >= 0 ? S.text(headings[begun], 120) : '';
  };
  const tableHeaders = (el) => {
    const cell = el.closest('td,th');
    const row = cell && cell.parentElement;
    const table = cell && cell.closest('table');
    if (!table || !row.cells || !row.querySelector('td')) return '';
    const index = [...row.children].indexOf(cell);
    const top = table.rows[0] && table.rows[0].cells[index];
    const headers = [row.querySelector('th'), top]
      .filter((c) => c && c !== cell)
      .map((c) => S.text(c, 80))
      .join(' ')
      .trim();
    // What is ticked in a row without more is the row: who sees it reads the other cells.
    const others = () =>
      [...row.cells]
        .filter((c) => c !== cell)
        .map((c) => S.seen(c, 80))
        .filter(Boolean)
        .slice(0, 3)
        .join(' ');
    return headers || (checkable(el) ? others() : '');
  };

  // The heading of the column in which a field stands, when that is in another row, and what the table is called.
  const columnOf = (el) => {
    const cell = el.closest('td,[role=cell],[role=gridcell]');
    const row = cell && S.closest(cell, (at) => S.role(at) === 'row');
    const table = row && S.closest(row, (at) => ['table', 'grid'].includes(S.role(at)));
    if (!table) return { column: '', table: '' };
    const first = table.querySelector('tr,[role=row]');
    const head = first === row ? null : first?.children[[...row.children].indexOf(cell)];
    return { column: head ? S.text(head, 80) : '', table: S.name(table).slice(0, 120) };
  };

  // A box to tick in the head of a column of boxes: it ticks them all, which its place tells.
  const headsBoxes = (el) => {
    const cell = checkable(el) && el.closest('td,th');
    const rows = cell && cell.closest('table') ? [...cell.closest('table').rows].slice(0, 20) : [];
    const at = rows.indexOf(cell && cell.parentElement);
    const below = rows.slice(at + 1).map((row) => row.cells[cell.cellIndex]);
    return at >= 0 && below.some((c) => c && c.querySelector('input[type=checkbox],[role=checkbox]'));
  };

  // The only thing in its cell of a row of three cells or more: what stands beside it is another column, not its label.
  const alone = (el) => {
    const cell = el.closest('td,th');
    return Boolean(cell && cell.parentElement.children.length > 2 && !S.seen(cell, 40));
  };

  // What tells the eye that a field must be filled in, written or put there by the style sheet: `yes` for a star or a word in brackets in
  // its label; `maybe` for any such word near it, or a picture in the label.
  const STAR = /[*＊✱∗]|\((verplicht|vereist|required|mandatory)\)/i;
  const MARK = /[*＊✱∗]|verplicht|vereist|required|mandatory|obligat/i;
  const says = (at, words) =>
    [at, ...[...at.querySelectorAll('*')].slice(0, 80)].some(
      (part) =>
        words.test(S.seen(part, 300)) ||
        ['::before', '::after'].some((side) => words.test(S.style(part, side).content)),
    );
  const marked = (el) => {
    if (toLabel(el).some((label) => says(label, STAR))) return 'yes';
    const alone = (at) => (at && at.querySelectorAll(TYPED).length <= 1 ? at : null);
    const around = alone(el.parentElement) && (alone(el.parentElement.parentElement) || el.parentElement);
    const places = [
      ...new Set(
        [...toLabel(el), ...(around ? [around] : []), el.closest('fieldset')?.querySelector('legend')].filter(Boolean),
      ),
    ];
    const maybe =
      places.some((at) => says(at, MARK)) ||
      toLabel(el).some((label) => label.querySelector('img,svg,i,abbr,[role=img]')) ||
      MARK.test(
        [el.placeholder, idText(el, 'aria-describedby'), ...(el.labels?.length ? [] : Object.values(near(el)))].join(
          ' ',
        ),
      );
    return maybe ? 'maybe' : '';
  };
  // A star in a label, written or drawn by the style sheet; and whether anything on the page says what a star means.
  const STARS = /[*＊✱∗]/;
  const EXPLAINS = /verplicht|vereist|mandatory|required|optione|facultatief|invullen|in te vullen|sterretje|asterisk/i;
  const starred = (el) => toLabel(el).some((label) => says(label, STARS));
  const starExplained = () =>
    EXPLAINS.test(S.text(document.body, 60000)) ||
    S.all('abbr[title],[aria-label]').some((at) => EXPLAINS.test(`${at.title} ${at.getAttribute('aria-label')}`));
  // A form that says so of all its fields, or marks the ones that may stay empty.
  const speaks = (form) =>
    /(alle|all|elk|every)\W+(\w+\W+){0,3}(velden|vragen|gegevens|fields?|questions?)\b(?!\W+(met|with|die|that|marked|gemarkeerd)\b).{0,60}(verplicht|required|nodig|in te vullen)|optionee?l|facultatief|niet verplicht|tenzij|not required|if applicable|indien van toepassing/i.test(
      S.text(form, 6000),
    );

  // Labels that belong to no field: what stands beside a field and is written so.
  const stray = S.all('label')
    .slice(0, 300)
    .filter((label) => !label.control && S.visible(label))
    .map((label) => S.text(label, 120))
    .filter(Boolean);
  const forms = [...new Set(fields.map((el) => el.form || el.closest('form')).filter(Boolean))];
  const saysWhichMust = new Map(forms.map((form) => [form, speaks(form)]));
  const beside = (el, { left, above, right }) =>
    (checkable(el) ? [right] : [above, left]).some((text) => text && stray.includes(text));
  const sends = (form) =>
    [...form.querySelectorAll('button:not([type]),[type=submit],[type=image]')]
      .slice(0, 3)
      .map((button) => S.name(button))
      .join(' ')
      .slice(0, 120);
  const sentBy = new Map(forms.map((form) => [form, sends(form)]));
  return {
    forms: forms.length,
    starsExplained: starExplained(),
    fields: fields
      .filter((el) => shown(el) && !S.closest(el, (at) => at.inert))
      .map((el) => {
        const form = el.form || el.closest('form');
        const labels = toLabel(el).slice(0, 4);
        const control =
          el.localName === 'select'
            ? 'select'
            : el.localName === 'textarea'
              ? 'textarea'
              : el.localName === 'input'
                ? el.type
                : 'custom';
        const close = near(el);
        const question = checkable(el) ? questionAbove(el) : { above: close.above, help: '' };
        return S.place(el, {
          control,
          role: S.role(el),
          name: S.name(el).slice(0, 300),
          shown: S.visible(el),
          hidden: S.hiddenFromAT(el),
          focusable: S.focusable(el),
          checkable: checkable(el),
          disabled: S.disabled(el),
          readonly: Boolean(el.readOnly) || el.getAttribute('aria-readonly') === 'true',
          required: Boolean(el.required) || el.getAttribute('aria-required') === 'true',
          marked: el.required || el.getAttribute('aria-required') === 'true' ? marked(el) : '',
          starred: starred(el),
          autocomplete: el.getAttribute('autocomplete'),
          placeholder: (el.getAttribute('placeholder') || '').slice(0, 120),
          title: (el.getAttribute('title') || '').slice(0, 200),
          htmlName: (el.getAttribute('name') || '').slice(0, 100),
          id: (el.id || '').slice(0, 100),
          pattern: (el.getAttribute('pattern') || '').slice(0, 100),
          inputMode: el.getAttribute('inputmode') || '',
          maxLength: el.maxLength > 0 ? el.maxLength : 0,
          empty: !el.value,
          authorName: el.hasAttribute('aria-label') || el.hasAttribute('aria-labelledby'),
          described: idText(el, 'aria-describedby'),
          labels: labels.map((label) => ({
            selector: S.selector(label),
            seen: S.seen(label, 300),
            text: label.textContent.replace(/\s+/g, ' ').trim().slice(0, 300),
            plain: label.querySelectorAll('p,div,ul,small,em,button,a,[role=alert]').length === 0,
            hidden: S.hiddenFromAT(label),
            wraps: label.contains(el),
          })),
          labelledby: idText(el, 'aria-labelledby'),
          labelledbySeen: labelledbySeen(el),
          near: close,
          question: question.above,
          help: question.help,
          nearOthers: others.get(el).controls,
          nearAsides: others.get(el).asides,
          strayLabel: stray.length > 0 && beside(el, close),
          attached: attached(el),
          groups: groupsOf(el),
          among: among(el),
          heading: headingBefore(el),
          tableHeaders: tableHeaders(el),
          ...columnOf(el),
          alone: alone(el),
          headsBoxes: headsBoxes(el),
          options: el.localName === 'select' ? el.options.length : 0,
          firstOption: el.localName === 'select' && el.options[0] ? el.options[0].text.slice(0, 80) : '',
          form: form ? forms.indexOf(form) : -1,
          formSaysWhichMust: form ? saysWhichMust.get(form) : false,
          formUnchecked: form ? form.hasAttribute('novalidate') : false,
          formMethod: form ? (form.getAttribute('method') || 'get').toLowerCase() : '',
          formRole: form ? form.getAttribute('role') || '' : '',
          formName: form ? S.name(form).slice(0, 120) : '',
          formSentBy: form ? sentBy.get(form) : '',
          formAction: form ? String(form.getAttribute('action') || '').slice(0, 200) : '',
          inSearch: Boolean(S.closest(el, (at) => at.getAttribute('role') === 'search' || at.localName === 'search')),
        });
      }),
  };
};
