// Runs in: any
(S) => {
  // Where colour may be the only thing that tells: links within text, current items among their like, words about coloured labels,
  // drawings with many colours. For each the other cues that a person would see, and the contrast between the two colours.
  // What tells things apart by colour hardly changes with the width alone.
  if (innerWidth <= 320 && window === top && globalThis.COLOUR)
    return { links: [], current: [], named: [], charts: [], signs: [], required: [], skipped: 'narrow' };
  globalThis.COLOUR = true;
  const { rgba, contrast } = S;
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  // The nearest background of some colour, mixed over white; null when a picture lies between.
  const ground = (el) => {
    const layers = [];
    for (let at = el; at; at = S.parent(at)) {
      const s = S.style(at);
      if (s.backgroundImage !== 'none') return null;
      const c = rgba(s.backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((below, c) => over(c, below), [255, 255, 255]);
  };
  const px = (v) => parseFloat(v) || 0;
  const drawn = (s) =>
    ['Top', 'Right', 'Bottom', 'Left']
      .map((side) =>
        s[`border${side}Style`] !== 'none' && px(s[`border${side}Width`]) > 0 && rgba(s[`border${side}Color`])[3] > 0
          ? `${side}${s[`border${side}Width`]}`
          : '',
      )
      .join(' ')
      .trim();
  const pseudo = (el) =>
    ['::before', '::after']
      .map((p) => {
        const q = S.style(el, p);
        return q.content !== 'none' &&
          q.content !== 'normal' &&
          q.display !== 'none' &&
          q.visibility !== 'hidden' &&
          px(q.opacity) > 0 &&
          !/^matrix\(0, 0, 0, 0,/.test(q.transform) &&
          (/[^"'\s]/.test(q.content) ||
            q.backgroundImage !== 'none' ||
            (rgba(q.backgroundColor)[3] > 0 && px(q.width) > 0 && px(q.height) > 0) ||
            drawn(q))
          ? p
          : '';
      })
      .join('');
  // What sets el's looks apart from other text besides its colour.
  const cues = (el, other) => {
    const found = [];
    const o = S.style(other);
    // A line under the words counts wherever it is set: on an element within (all of the words), or around the link.
    const underlined = (at) => /underline|line-through|overline/.test(S.style(at).textDecorationLine);
    const within = [el, ...el.querySelectorAll('*')].slice(0, 40).filter((at) => S.visible(at));
    if (
      within.some(underlined) ||
      S.closest(S.parent(el), (at) => at !== other && other.contains(at) && underlined(at))
    )
      found.push('line');
    for (const at of within.filter(
      (x) => x === el || S.text(x, 200).length >= 0.8 * S.text(el, 200).length || x.matches('strong,b,em,i'),
    )) {
      const t = S.style(at);
      if (drawn(t) && drawn(t) !== drawn(o)) found.push('border');
      if (t.boxShadow !== 'none' && t.boxShadow !== o.boxShadow) found.push('shadow');
      if (t.outlineStyle !== 'none' && px(t.outlineWidth) > 0) found.push('outline');
      if (t.backgroundImage !== 'none') found.push('background image');
      if (rgba(t.backgroundColor)[3] > 0 && t.backgroundColor !== o.backgroundColor) {
        const [a, b] = [ground(at), ground(other)];
        if (!a || !b || contrast(a, b) >= 1.5) found.push('background');
      }
      if (Math.abs(+t.fontWeight - +o.fontWeight) >= 150) found.push('weight');
      if (t.fontStyle !== o.fontStyle) found.push('style');
      if (Math.abs(px(t.fontSize) - px(o.fontSize)) >= 0.15 * px(o.fontSize)) found.push('size');
      if (t.fontFamily !== o.fontFamily) found.push('family');
      if (
        t.textTransform !== o.textTransform ||
        t.fontVariantCaps !== o.fontVariantCaps ||
        px(t.letterSpacing) !== px(o.letterSpacing)
      )
        found.push('letters');
      if (pseudo(at)) found.push('sign');
    }
    if (/^[«‹←»›→▸►>]|[»›→▸►>]$/.test(S.text(el, 200).trim())) found.push('sign');
    if (el.querySelector('img,svg,i,canvas,video,[class*=icon]')) found.push('icon');
    return [...new Set(found)];
  };
  const hex = (c) =>
    '#' +
    c
      .slice(0, 3)
      .map((v) => Math.round(v).toString(16).padStart(2, '0'))
      .join('');

  const links = [];
  for (const el of S.all('a[href],[role=link]', document, 20000).slice(0, 3000)) {
    if (
      links.length >= 60 ||
      !S.style(el).display.startsWith('inline') ||
      S.style(el).display !== 'inline' ||
      !S.visible(el)
    )
      continue;
    const text = S.text(el, 100);
    if (
      !/[\p{L}\p{N}]/u.test(text) ||
      S.closest(el, (at) => at.matches('nav,[role=navigation],menu,[role=menu],[role=menubar],footer [class*=menu]'))
    )
      continue;
    const block = S.closest(S.parent(el), (at) => !/^(inline|contents)$/.test(S.style(at).display));
    if (
      !block ||
      !block.matches('p,li,dd,td,th,div,section,article,main,blockquote,figcaption,label,span,caption,legend')
    )
      continue;
    // The text around: what is directly in the block and not in a link or button, on which the link has to stand out.
    let around = '';
    let other = null;
    for (const node of S.textNodes(block, 60)) {
      const host = node.parentElement;
      if (S.closest(host, (at) => at.matches('a,button,[role=link],[role=button]'))) continue;
      if (S.closest(host, (at) => !/^(inline|contents)$/.test(S.style(at).display)) !== block) continue;
      around += node.data;
      other = other || host;
    }
    around = around.replace(/[^\p{L}\p{N}]+/gu, '');
    if (around.length < 20 || !other) continue;
    const ratio = contrast(rgba(S.style(el).color), rgba(S.style(other).color));
    const inner = S.textNodes(el, 3)[0];
    const fg = inner ? S.style(inner.parentElement).color : S.style(el).color;
    const seen = contrast(rgba(fg), rgba(S.style(other).color));
    const found = cues(el, block);
    if (found.length || Math.max(seen, ratio) < 1.05) continue;
    links.push(
      S.place(el, {
        text: text.slice(0, 80),
        ratio: Math.floor(Math.max(seen, ratio) * 100) / 100,
        link: hex(rgba(fg)),
        around: hex(rgba(S.style(other).color)),
        solid: rgba(fg)[3] === 1 && rgba(S.style(other).color)[3] === 1,
        reacts: null,
      }),
    );
  }
  // Links of 3:1 and more must show something else when pointed at or focused: does a style rule say so? (null: sheets that cannot be read)
  if (links.some((l) => l.ratio >= 3)) {
    let closed = false;
    const rules = [];
    const take = (list) => {
      for (const rule of list) {
        if (rule.cssRules && !(rule instanceof CSSStyleRule)) take(rule.cssRules);
        else if (
          rule instanceof CSSStyleRule &&
          /:hover/.test(rule.selectorText) &&
          /text-decoration|border|outline|background|font-weight|box-shadow|font-style/.test(rule.style.cssText) &&
          rules.length < 500
        )
          rules.push(rule.selectorText.replace(/:(hover|focus-visible|focus-within|focus|active)\b/g, ''));
      }
    };
    for (const sheet of document.styleSheets)
      try {
        take(sheet.cssRules);
      } catch {
        closed = true;
      }
    for (const link of links)
      if (link.ratio >= 3) {
        const el = S.find(link.selector);
        link.reacts = closed
          ? null
          : rules.some((r) => {
              try {
                return el.matches(r) || Boolean(el.querySelector(r));
              } catch {
                return true;
              }
            });
      }
  }

  // Items that the author marks as current or chosen, against their like.
  const SAID =
    '[aria-current]:not([aria-current=false]),[aria-selected=true],[aria-pressed=true],[aria-checked=true]:not(input)';
  const CHOSEN =
    '.active,.is-active,.current,.is-current,.selected,.is-selected,.checked,.is-checked,.chosen,.actief,.gekozen,.geselecteerd';
  const current = [];
  for (const el of S.all(`${SAID},li:is(${CHOSEN}),:is(a,button,span,[role=button]):is(${CHOSEN})`, document, 20000)) {
    const said = el.matches('[aria-current],[aria-selected],[aria-pressed],[aria-checked]');
    if (!said && el.querySelector('[aria-current],[aria-selected],[aria-pressed],ul,ol')) continue;
    // Where a path ends is the page itself.
    if (!said && S.closest(el, (at) => at.matches('[class*=breadcrumb i],[class*=kruimel i]'))) continue;
    // The page that is shown is often no link among the links to the others.
    const ofOneKind = (a, b) => a.localName === b.localName || (!said && a.localName === 'span' && b.localName === 'a');
    if (current.length >= 20 || !S.visible(el) || S.closest(el, (at) => at.matches('table,[role=grid],[role=listbox]')))
      continue;
    const item =
      S.closest(
        el,
        (at) =>
          at.matches('li,[role=presentation],[role=none]') && at.parentElement && at.parentElement.children.length > 1,
      ) || el;
    const likes = [...(item.parentElement ? item.parentElement.children : [])].filter(
      (x) => x !== item && ofOneKind(item, x),
    );
    const like = likes
      .map((x) => (item === el ? x : x.querySelector(el.localName)))
      .find((x) => x && ofOneKind(el, x) && S.visible(x) && !S.disabled(x));
    if (!like || likes.length < 1) continue;
    const looks = (at, host) => {
      const s = S.style(at);
      return [
        drawn(s),
        s.fontWeight,
        s.fontStyle,
        s.fontSize,
        s.textDecorationLine,
        s.boxShadow,
        s.outlineStyle,
        s.textTransform,
        s.backgroundImage,
        s.transform,
        s.opacity,
        pseudo(at),
        pseudo(host),
        drawn(S.style(host)),
        S.style(host).boxShadow,
        S.style(host).backgroundImage,
        host.querySelectorAll('img,svg,i').length,
      ].join('|');
    };
    const inside = (at) =>
      [...at.querySelectorAll('*'), ...(at.shadowRoot ? at.shadowRoot.querySelectorAll('*') : [])]
        .slice(0, 20)
        .map(
          (x) =>
            `${x.localName}${S.visible(x)}${drawn(S.style(x))}${S.style(x).fontWeight}${S.style(x).textDecorationLine}${pseudo(x)}${Math.round(x.getBoundingClientRect().height) > 6 ? '' : 'bar'}`,
        )
        .join();
    if (
      looks(el, item) !== looks(like, item === el ? like : likes.find((x) => x.contains(like))) ||
      inside(el) !== inside(like) ||
      Math.abs(el.getBoundingClientRect().height - like.getBoundingClientRect().height) > 2
    )
      continue;
    // A bar that slides along with the current item is drawn beside the items.
    const bars = [...(item.parentElement ? item.parentElement.children : [])].some(
      (x) => !ofOneKind(item, x) && S.visible(x),
    );
    const deepest = (at) => {
      const t = S.textNodes(at, 1)[0];
      return t ? t.parentElement : at;
    };
    const text = contrast(rgba(S.style(deepest(el)).color), rgba(S.style(deepest(like)).color));
    const [mine, theirs] = [ground(el), ground(like)];
    const back = mine && theirs ? contrast(mine, theirs) : null;
    if (text < 1.02 && (back === null || back < 1.02)) continue;
    const words = S.text(el, 100);
    // Of the parts of this page that one is current which lies in view, with its heading.
    const [, part] = /^#([^/].*)/.exec(el.getAttribute('href') || '') || [];
    const partInView = Boolean(part && S.role(el) === 'link' && document.getElementById(part));
    const elsewhere =
      partInView ||
      Boolean(
        [...document.querySelectorAll('h1,h2')].find(
          (h) => words && S.text(h, 200).toLowerCase().includes(words.toLowerCase()),
        ),
      ) ||
      (words.length > 2 && document.title.toLowerCase().includes(words.toLowerCase()));
    current.push(
      S.place(el, {
        text: words.slice(0, 80),
        attribute:
          ['aria-current', 'aria-selected', 'aria-pressed', 'aria-checked'].find((a) => el.hasAttribute(a)) || 'class',
        textRatio: Math.floor(text * 100) / 100,
        groundRatio: back === null ? null : Math.floor(back * 100) / 100,
        elsewhere,
        bars,
      }),
    );
  }

  // Words that send people to a colour.
  const KEY =
    /\b(rood|groen|blauw|geel|oranje|grijs|paars|roze|wit|zwart|red|green|blue|yellow|orange|gr[ae]y|purple)e?( gekleurd| gemarkeerd)?\s*([:=]|betekent|staat voor|means|zijn|is)\s*\p{L}/giu;
  const HUE =
    '(?:rood|rode|groene?|blauwe?|geel|gele|oranje|grijs|grijze|paarse?|roze|red|green|blue|yellow|orange|gr[ae]y|purple|pink)';
  const MARKED = '(?:weergegeven|aangegeven|aangeduid|gemarkeerd|gearceerd|gedrukt|getoond|shown|marked|highlighted)';
  const SHAPE =
    '(?:velden|vakken|vakjes?|rijen|regels|cellen|stip(?:pen|jes?)?|bol(?:len|letjes?)|rondjes?|blokjes?|vlak(?:ken|jes?)|fields?|rows?|cells?|dots?|boxes)';
  const THING = '(?:data|dagen|tijden|bedragen|facturen|woorden|artikelen|items|dates|days|times|words)';
  const SAYS_COLOUR = new RegExp(
    [
      `${HUE} (?:gekleurde |gemarkeerde |gearceerde )?${SHAPE}`,
      `in (?:het |de kleur |the colou?r )?${HUE}\\b[^.]{0,20} ${MARKED}`,
      `${MARKED} (?:in|met) (?:het |de kleur |een |the colou?r )?${HUE}`,
      `(?:${SHAPE}|${THING}) (?:die )?in (?:het |de kleur )?${HUE}`,
    ]
      .map((words) => `\\b${words}\\b`)
      .join('|'),
    'i',
  );
  const named = [];
  for (const node of S.textNodes(document.body, 3000)) {
    if (named.length >= 10) break;
    if (
      /(verplicht\w*|required|fout\w*|error\w*)[^.]{0,40}\b(rood|rode|groen|groene|gekleurd\w*|kleur|red|green|colou?r\w*)\b|\b(rood|rode|gekleurd\w*|kleur|red|colou?r\w*)\b[^.]{0,40}(verplicht\w*|required)/i.test(
        node.data,
      ) ||
      (node.data.match(KEY) || []).length >= 2 ||
      SAYS_COLOUR.test(node.data.replace(/\s+/g, ' '))
    )
      named.push(S.place(node.parentElement, { text: node.data.replace(/\s+/g, ' ').trim().slice(0, 160) }));
  }
  // Drawings in which several fills are told apart.
  const charts = [];
  for (const el of S.all('svg,canvas', document, 5000)) {
    const r = el.getBoundingClientRect();
    if (
      charts.length >= 5 ||
      r.width < 200 ||
      r.height < 100 ||
      !S.visible(el) ||
      S.inMap(el) ||
      S.closest(el, (at) => at.matches('[class*=logo],[class*=leaflet]'))
    )
      continue;
    if (el.localName === 'canvas') {
      if (
        /chart|grafiek|diagram|plot/i.test(
          `${el.id} ${el.className} ${S.parent(el) ? S.parent(el).className : ''} ${S.name(el)}`,
        )
      )
        charts.push(S.place(el, { fills: 0 }));
      continue;
    }
    const fills = new Set(
      [...el.querySelectorAll('rect,path,circle,line,polyline,polygon')]
        .slice(0, 400)
        .flatMap((x) => [S.style(x).fill, S.style(x).stroke])
        .filter((c) => {
          if (!/^rgb/.test(c)) return false;
          const [a, b, d, o] = rgba(c);
          return o > 0 && Math.max(a, b, d) - Math.min(a, b, d) > 40;
        }),
    );
    if (fills.size >= 3 && el.querySelectorAll('text').length + (S.text(S.parent(el), 200).length > 20 ? 1 : 0) >= 1)
      charts.push(S.place(el, { fills: fills.size }));
  }
  // Cells that hold nothing but a spot of colour, when there are spots of other colours.
  const spots = new Map();
  for (const el of S.all('td *,dd *,[role=cell] *', document, 20000).slice(0, 3000)) {
    if (el.childElementCount || el.textContent.trim() || !['span', 'i', 'div', 'b', 'em'].includes(el.localName))
      continue;
    const r = el.getBoundingClientRect();
    const c = rgba(S.style(el).backgroundColor);
    if (
      r.width < 6 ||
      r.height < 6 ||
      r.width > 48 ||
      r.height > 48 ||
      c[3] < 0.5 ||
      !S.visible(el) ||
      S.name(el) ||
      pseudo(el)
    )
      continue;
    const cell = S.closest(el, (at) => at.matches('td,dd,[role=cell]'));
    if (S.text(cell, 40) || cell.querySelector('img,svg,[aria-label],[title],input,button')) continue;
    const key = `${Math.round(r.width)}x${Math.round(r.height)} ${S.style(el).borderRadius}`;
    spots.set(key, [...(spots.get(key) || []), { el, colour: hex(c) }]);
  }
  const signs = [...spots.values()]
    .filter((of) => new Set(of.map((s) => s.colour)).size >= 2)
    .flatMap((of) =>
      of
        .slice(0, 3)
        .map(({ el, colour }) =>
          S.place(el, { colour, colours: [...new Set(of.map((s) => s.colour))].slice(0, 6).join(', ') }),
        ),
    );
  // Spots of several colours beside words. Where the words with one colour have one in common, they say what it means.
  const beside = new Map();
  const isSpot = new Set();
  for (const el of S.all('span,i,div,b,em,svg', document, 20000).slice(0, 6000)) {
    const r = el.getBoundingClientRect();
    if (r.width < 6 || r.height < 6 || r.width > 48 || r.height > 48) continue;
    const shapes = el.localName === 'svg' ? el.querySelectorAll('circle,rect,path,polygon,ellipse') : [];
    if (el.localName === 'svg' ? shapes.length !== 1 : el.childElementCount) continue;
    if (el.textContent.trim() || !S.visible(el) || S.name(el) || el.title || pseudo(el) || S.inMap(el)) continue;
    const c = rgba(shapes.length ? S.style(shapes[0]).fill : S.style(el).backgroundColor);
    if (c[3] < 0.5 || S.closest(el, (at) => at.matches('td,dd,[role=cell],[role=slider],[role=switch],label')))
      continue;
    isSpot.add(el);
    const form = shapes.length ? shapes[0].localName + (shapes[0].getAttribute('d') || '') : S.style(el).borderRadius;
    const list = S.closest(el, (at) => at.matches('ul,ol,dl,[role=list]'));
    const key = `${Math.round(r.width)}x${Math.round(r.height)} ${form} ${list ? S.selector(list) : ''}`;
    beside.set(key, [...(beside.get(key) || []), { el, colour: hex(c) }]);
  }
  // The words up to the next spot, of the smallest part that has any.
  const wordsBy = (el) => {
    let words = '';
    for (let at = el; at && !words && at !== document.body; at = at.parentElement)
      for (let next = at.nextSibling; next && words.length < 200; next = next.nextSibling) {
        if (next.nodeType === Node.ELEMENT_NODE && [next, ...next.querySelectorAll('*')].some((x) => isSpot.has(x)))
          break;
        if (next.nodeType === Node.TEXT_NODE || S.rendered(next)) words += next.textContent;
      }
    return words.replace(/\s+/g, ' ').trim().slice(0, 200);
  };
  const parts = (words) => words.toLowerCase().split(/[^\p{L}]+/u);
  const explained = (of, colour) => {
    const others = new Set(of.filter((s) => s.colour !== colour).flatMap((s) => parts(s.words)));
    const [first, ...rest] = of.filter((s) => s.colour === colour).map((s) => new Set(parts(s.words)));
    return [...first].some((word) => word.length > 2 && !others.has(word) && rest.every((words) => words.has(word)));
  };
  const spotted = [];
  const keys = [];
  for (const group of [...beside.values()].slice(0, 200)) {
    const colours = [...new Set(group.slice(0, 60).map((s) => s.colour))];
    if (colours.length < 2 || colours.length > 8) continue;
    const of = group.slice(0, 60).map((s) => ({ ...s, words: wordsBy(s.el) }));
    if (of.some((s) => !s.words)) continue;
    const many = colours.filter((colour) => of.filter((s) => s.colour === colour).length > 1);
    const values = { colours: colours.slice(0, 6).join(', '), words: of[0].words.slice(0, 80) };
    if (many.length) {
      const unsaid = many.find((colour) => !explained(of, colour));
      if (unsaid) spotted.push(S.place(of.find((s) => s.colour === unsaid).el, values));
      continue;
    }
    // A key: the same colours elsewhere, behind words that do not say what the key says of them.
    const users = S.all('td,th,li,a,button,span,div,p,time,tr', document, 20000)
      .slice(0, 6000)
      .filter((el) => {
        if (isSpot.has(el) || !S.text(el, 10) || !S.visible(el) || el.querySelector('img,svg')) return false;
        const c = rgba(S.style(el).backgroundColor);
        const own = c[3] === 1 && of.find((s) => s.colour === hex(c));
        const said = own && `${S.text(el, 300)} ${S.name(el)} ${el.title}`.toLowerCase();
        return own && !said.includes(own.words.toLowerCase().split(/[,;(]/)[0].trim());
      });
    const used = new Set(users.map((el) => hex(rgba(S.style(el).backgroundColor))));
    if (used.size >= 2) keys.push(S.place(of[0].el, { ...values, text: S.text(users[0], 60), places: users.length }));
  }
  // Required fields whose labels differ from the others' by colour, and say so in no other way.
  const required = [];
  for (const form of S.all('form', document, 20000).slice(0, 20)) {
    const labels = [...form.querySelectorAll('input:not([type=hidden]),select,textarea')]
      .slice(0, 60)
      .filter((f) => f.labels && f.labels.length && S.visible(f.labels[0]))
      .map((f) => ({ label: f.labels[0], must: f.required || f.getAttribute('aria-required') === 'true' }));
    const ink = ({ label }) => {
      const t = S.textNodes(label, 1)[0];
      return t ? S.style(t.parentElement).color : '';
    };
    const [must, may] = [true, false].map((is) => new Set(labels.filter((l) => l.must === is).map(ink)));
    const said = (at) =>
      /[*＊✱]|verplicht|vereist|required|optioneel|optional/i.test(S.text(at, 200)) ||
      pseudo(at) ||
      at.querySelector('img,svg,abbr');
    const first = labels.find((l) => l.must);
    if (
      must.size === 1 &&
      may.size &&
      ![...must].some((c) => may.has(c)) &&
      !labels.some((l) => said(l.label) || S.style(l.label).fontWeight !== S.style(first.label).fontWeight)
    )
      required.push(S.place(first.label, { text: S.text(first.label, 80) }));
  }
  return { links, current, named, charts, signs, spotted: spotted.slice(0, 5), keys: keys.slice(0, 5), required };
};
