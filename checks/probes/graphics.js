// Runs in: any
(S) => {
  // Every picture a person can see (img, svg, canvas, object, role=img, image buttons, large backgrounds): its alternative, whether assistive
  // technology meets it, its size, and the text around it. For 1.1.1; other probes look inside the pictures.
  const KINDS =
    'img,svg,canvas,object,embed,[role=img],[role=graphics-document],[role=graphics-symbol],input[type=image]';
  const fold = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const size = (el) => {
    const r = el.getBoundingClientRect();
    return [Math.round(r.width), Math.round(r.height)];
  };
  const inViewable = (el) => {
    const r = el.getBoundingClientRect();
    return r.right + scrollX > 0 && r.bottom + scrollY > 0;
  };
  const controlOf = (el) =>
    S.closest(el, (at) =>
      at.matches('a[href],button,summary,label,[role=button],[role=link],[role=tab],[role=menuitem]'),
    );
  // Chromium's computedRole says `image` also for an img with an empty alt, which it leaves out of its tree.
  const exposed = (el) =>
    !S.hiddenFromAT(el) &&
    !['none', 'presentation', ''].includes(S.role(el)) &&
    !(el.localName === 'img' && !S.name(el));
  // An empty alternative hides a picture only when nothing makes it one again: a role of its own, or a place in the tab order. Then it
  // stands in Chromium's tree as a picture without a name. Not in a button, whose contents have no role.
  const nameless = (el) =>
    el.localName === 'img' &&
    el.getAttribute('alt') === '' &&
    !S.name(el) &&
    !S.hiddenFromAT(el) &&
    S.visible(el) &&
    (/^\s*(img|image|graphics-symbol)\b/.test(el.getAttribute('role') || '') ||
      (el.hasAttribute('tabindex') && el.tabIndex >= 0)) &&
    !S.closest(S.parent(el), (at) =>
      at.matches(
        'button,summary,[role=button],[role=tab],[role=checkbox],[role=switch],[role=img],[role=option],[role=menuitemcheckbox],[role=radio],[role=slider]',
      ),
    );
  const around = (el) => {
    // Text of the nearest block above that has any: a picture that repeats it may be decoration.
    for (let at = S.parent(el), step = 0; at && step < 5; at = S.parent(at), step++) {
      const text = S.text(at, 400);
      if (text) return text;
    }
    return '';
  };
  // A small picture that has a place with one link or button and nothing else, such as an arrow behind it, is that one's decoration.
  const ofNeighbour = (el) => {
    const r = el.getBoundingClientRect();
    if (r.width > 48 || r.height > 48) return false;
    for (let at = S.parent(el), step = 0; at && step < 3; at = S.parent(at), step++) {
      const text = S.text(at, 200);
      if (!text) continue;
      const controls = at.querySelectorAll('a[href],button,summary,[role=button],[role=link],[role=tab]');
      return controls.length === 1 && S.text(controls[0], 200) === text;
    }
    return false;
  };
  const drawnOn = (canvas) => {
    try {
      const w = Math.min(canvas.width, 300);
      const h = Math.min(canvas.height, 300);
      const data = w && h ? canvas.getContext('2d', { willReadFrequently: true }).getImageData(0, 0, w, h).data : [];
      const first = [...data.slice(0, 4)].join();
      for (let i = 0; i < data.length; i += 16)
        if ([data[i], data[i + 1], data[i + 2], data[i + 3]].join() !== first) return true;
      return false;
    } catch {
      return true;
    }
  };
  const shapes = (el) =>
    el.localName === 'svg' ? el.querySelectorAll('path,rect,circle,ellipse,line,polyline,polygon,use,image').length : 0;
  const outermost = (el) => !(el.localName === 'svg' && S.closest(S.parent(el), (at) => at.localName === 'svg'));

  // Of a map the probe `maps` tells all at once, with the names of its markers: a tile by itself says nothing to anyone.
  const isMarker = (el) =>
    el.matches('.leaflet-marker-icon,.maplibregl-marker,.mapboxgl-marker') || S.role(el) === 'button';
  // A layer over the whole window that dims what lies behind it.
  const dims = (el) => {
    const r = el.getBoundingClientRect();
    return (
      el.localName === 'svg' &&
      r.width >= innerWidth &&
      r.height >= innerHeight &&
      shapes(el) <= 1 &&
      S.style(el).position === 'fixed'
    );
  };
  const graphics = S.all(KINDS)
    .filter((el) => outermost(el) && !dims(el) && !(S.inMap(el) && !S.name(el)))
    .slice(0, 800)
    .filter(
      (el) =>
        S.visible(el) ||
        (el.localName === 'img' &&
          el.checkVisibility({ visibilityProperty: true }) &&
          el.getBoundingClientRect().width > 1 &&
          inViewable(el) &&
          !S.visuallyHidden(el)),
    );
  const described = (el) =>
    fold(
      (el.getAttribute('aria-describedby') || '')
        .split(/\s+/)
        .filter(Boolean)
        .slice(0, 4)
        .map((id) => document.getElementById(id))
        .filter(Boolean)
        .map((n) => n.textContent)
        .join(' '),
    ).slice(0, 300);
  const backgrounds = S.all('div,span,section,header,figure,a,li,td,button')
    .slice(0, 4000)
    .filter((el) => !S.inMap(el))
    .filter((el) => {
      const r = el.getBoundingClientRect();
      return (
        r.width >= 100 &&
        r.height >= 60 &&
        S.style(el).backgroundImage.includes('url(') &&
        S.style(el).backgroundRepeat !== 'repeat' &&
        el.getAttribute('role') !== 'img' &&
        S.visible(el) &&
        !S.text(el, 10) &&
        !el.querySelector('img,svg,video,iframe,canvas')
      );
    })
    .slice(0, 40);

  // Signs of an icon font outside links and buttons: alone in a cell, where they are all that it says; and words that only the font turns
  // into a sign, which assistive technology reads out as they are.
  const GLYPH = /^[\s\uE000-\uF8FF\u{F0000}-\u{10FFFD}]+$/u;
  const bare = (text) => text.replace(/[\uE000-\uF8FF]|[\u{F0000}-\u{10FFFD}]/gu, '').trim();
  const cellOf = (el) => {
    const cell = S.closest(S.parent(el), (at) => at.matches('td,dd,[role=cell],[role=gridcell]'));
    return cell &&
      (cell.localName === 'dd' ||
        cell.closest('table,[role=table],[role=grid]')?.querySelector('th,[role=columnheader],[role=rowheader]'))
      ? cell
      : null;
  };
  const alone = (el) => {
    const cell = cellOf(el);
    return (
      Boolean(cell) &&
      !bare(S.text(cell, 200)) &&
      ![...cell.querySelectorAll('img,svg,[role=img],[aria-label],input,button,a,iframe,video')].some(
        (other) => other !== el && (S.name(other) || !other.matches('img,svg')),
      )
    );
  };
  const icons = S.all('i,span,em,b', document, 20000)
    .filter((el) =>
      /(^|[\s_-])(fa[srbld]?|icons?|icoon|glyphicon|material-\w+|bi|mdi|dashicons)([\s_-]|$)/i.test(
        el.getAttribute('class') || '',
      ),
    )
    .slice(0, 400)
    .flatMap((el) => {
      const words = S.text(el, 40);
      const drawn = [
        words,
        ...['::before', '::after'].map((side) => S.style(el, side).content.replace(/^"|"$/g, '')),
      ].some((text) => GLYPH.test(text));
      const ligature = /^[a-z][a-z0-9_]{2,}$/.test(words) && /icon|symbol/i.test(S.style(el).fontFamily.split(',')[0]);
      if (!(drawn || ligature) || !S.visible(el) || controlOf(el) || bare(S.name(el))) return [];
      return (drawn && alone(el)) || (ligature && !S.hiddenFromAT(el)) ? [S.place(el, { words, alone: drawn })] : [];
    })
    .slice(0, 20);

  // Cells of a table that hold one sign and no word, one of each table: what the sign says, nobody has written there (F26).
  const SIGN = /^[✓✔☑✅✗✘✕✖❌❎☒★☆●○◉■□▲△▼🟢🔴🟡🟠]\uFE0F?$/u;
  const signs = S.all('table,[role=table],[role=grid]')
    .slice(0, 40)
    .flatMap((table) => {
      const cells = [...table.querySelectorAll('td,[role=cell],[role=gridcell]')].slice(0, 1000).filter((cell) => {
        const inner = cell.querySelector('[aria-label],[title],img,svg,input,button,a,table');
        return SIGN.test(fold(cell.textContent)) && !inner && !cell.hasAttribute('aria-label') && S.visible(cell);
      });
      const words = [...new Set(cells.map((cell) => fold(cell.textContent)))].slice(0, 6).join(' ');
      return cells.length > 1 ? [S.place(cells[0], { words, cells: cells.length })] : [];
    })
    .slice(0, 5);

  // Letters that only look like those of the words: mathematical bold and the like, which are read out sign by sign or not at all, and
  // Cyrillic letters within a word in Latin ones.
  const ODD = /[\u{1D400}-\u{1D7FF}]{3,}|\p{sc=Latin}\p{sc=Cyrillic}|\p{sc=Cyrillic}\p{sc=Latin}/u;
  const latin = (text) =>
    (text.match(/\p{sc=Latin}|[\u{1D400}-\u{1D7FF}]/gu) || []).length > 0.5 * (text.match(/\p{L}/gu) || []).length;
  const oddLetters = S.textNodes(document.body, 4000)
    .filter(
      (node) =>
        ODD.test(node.data) &&
        latin(node.data) &&
        !node.parentElement.closest('math,code,pre,kbd,samp,[role=img],[aria-hidden=true]'),
    )
    .slice(0, 5);

  // Pictures made of typed signs (F72): at least three lines, of signs far more than of letters, that are neither code nor ruled lines.
  const typed = S.all('pre,p,div,td,code,samp')
    .slice(0, 4000)
    .filter((el) => {
      if (el.localName !== 'pre' && !S.style(el).whiteSpace.startsWith('pre')) return false;
      const text = el.textContent || '';
      const lines = text.split('\n').filter((line) => line.trim());
      if (lines.length < 3 || text.length > 6000) return false;
      if (el.closest('[role=img],[role=math],[contenteditable],textarea,math') || S.hiddenFromAT(el)) return false;
      if (/[{}]|&&|\s\|\|\s|=>|^\s*[$#]|":/m.test(text)) return false;
      const signs = (text.match(/[^\s\p{L}\p{N}\uE000-\uF8FF\u2500-\u257F.,;:?!"'€%+=-]/gu) || []).length;
      const letters = (text.match(/[\p{L}\p{N}]/gu) || []).length;
      const ragged = new Set(lines.map((line) => /^\s*/.exec(line)[0].length + '|' + line.trimEnd().length)).size;
      const drawn = lines.filter((line) => /[^\s\p{L}\p{N}.,;:?!"'€%+=-]/u.test(line)).length;
      return signs >= 10 && signs > letters && drawn >= 0.6 * lines.length && ragged >= 2 && S.visible(el);
    })
    .slice(0, 5);
  // A score in stars or dots, without the number.
  const SCORE = /^\s*(?:[★☆⭐✩✭✮✯]\uFE0F?\s?){3,10}\s*$|^\s*(?:[●○◉◯⬤]\s?){3,10}\s*$/u;
  const numbered = (el) => {
    const block = S.closest(el, (at) => !S.style(at).display.startsWith('inline')) || el;
    const near = [block.previousElementSibling, block.nextElementSibling].filter(
      (at) => at && at.textContent.length < 40,
    );
    return [block, ...near].some((at) => /\d/.test(at.textContent));
  };
  const scores = S.textNodes(document.body, 4000)
    .filter((node) => SCORE.test(node.data))
    .map((node) => node.parentElement)
    .filter((el) => !S.closest(el, (at) => at.matches('[role=img],[role=slider],[role=radiogroup],button,label')))
    .filter((el) => !S.hiddenFromAT(el) && S.visible(el) && !numbered(el))
    .slice(0, 5);

  // Pictures that only the style sheet shows: alone in their element, or too high to stand beside its words.
  const PICTURE = /^url\("?([^")]+)"?\)(?!\s*\/)/;
  const leaves = S.all('div,p,span,a,button,li,td,dt,dd,figure,section,h1,h2,h3,h4,h5,h6,i,em,strong', document, 6000)
    .filter((el) => !el.childElementCount)
    .map((el) => ({ el, which: '', type: S.style(el) }));
  const shown = [...leaves, ...S.generated(document)]
    .map(({ el, which, type }) => ({ el, which, source: (PICTURE.exec(type.content) || [])[1] }))
    .filter(({ source }) => source);
  const higher = (el) => {
    const words = document.createRange();
    words.selectNodeContents(el);
    return el.getBoundingClientRect().height - words.getBoundingClientRect().height >= 40;
  };
  const styled = shown
    .filter(({ el, which }, i) => {
      if (shown.findIndex((other) => other.el === el) < i || S.hiddenFromAT(el) || S.name(controlOf(el) || el))
        return false;
      const r = el.getBoundingClientRect();
      if (!el.checkVisibility({ visibilityProperty: true }) || r.width < 8 || r.height < 8) return false;
      const large = Math.max(r.width, r.height) > 32;
      return which === '' ? r.width >= 24 : S.text(el, 10) ? higher(el) : large;
    })
    .slice(0, 10)
    .map(({ el, source }) => S.place(el, { source: source.slice(0, 300) }));

  // Bars that tell how far or how much and have no name. `tells`: words and a figure beside it, which may tell the same.
  const NUMBER = /\d|\b(een|twee|drie|vier|half|helft)\b/i;
  const bars = S.all('progress,meter,[role=progressbar],[role=meter]')
    .filter(
      (el) => ['progressbar', 'meter'].includes(S.role(el)) && !S.name(el) && !S.hiddenFromAT(el) && S.visible(el),
    )
    .slice(0, 20)
    .map((el) => {
      const near = around(el);
      const words = near.length < 150 ? near : '';
      return S.place(el, {
        native: ['progress', 'meter'].includes(el.localName) && !el.hasAttribute('role'),
        tells: /\p{L}{3}/u.test(words) && NUMBER.test(words) ? fold(words).slice(0, 150) : '',
      });
    });

  return {
    icons,
    bars,
    signs,
    typed: [...typed, ...scores].map((el) => S.place(el, { words: el.textContent.slice(0, 200) })),
    styled,
    oddLetters: oddLetters.map((node) => S.place(node.parentElement, { words: fold(node.data).slice(0, 100) })),
    graphics: graphics.slice(0, 400).map((el) => {
      const control = controlOf(el);
      const figure = el.closest('figure');
      const caption = figure && figure.querySelector('figcaption');
      const link = control && control.localName === 'a' ? S.url(control).slice(0, 300) : '';
      const [width, height] = size(el);
      return S.place(el, {
        kind:
          el.localName === 'input'
            ? 'button'
            : ['img', 'svg', 'canvas', 'object', 'embed'].includes(el.localName)
              ? el.localName
              : 'role',
        role: S.role(el),
        name: S.name(el).slice(0, 400),
        alt: el.getAttribute('alt'),
        authorName: el.hasAttribute('aria-label') || el.hasAttribute('aria-labelledby'),
        title: fold(el.getAttribute('title')).slice(0, 200),
        described: described(el),
        exposed: exposed(el),
        nameless: nameless(el),
        hidden: S.hiddenFromAT(el),
        alone: width >= 8 && height >= 8 && !control && alone(el),
        // The arrow of a list to choose from.
        arrow:
          Boolean(S.closest(el, (at) => at.matches('[role=combobox],[aria-haspopup=listbox]'))) ||
          [...(el.parentElement?.children || [])].some((at) =>
            at.matches('[role=combobox],[aria-haspopup=listbox],select'),
          ),
        width,
        height,
        source: String(
          el.currentSrc || el.src || el.data || (el.localName === 'svg' ? 'svg:' + fold(el.innerHTML).length : ''),
        ).slice(0, 500),
        natural:
          el.localName === 'img'
            ? [el.naturalWidth, el.naturalHeight]
            : el.localName === 'canvas'
              ? [el.width, el.height]
              : [],
        ofNeighbour: ofNeighbour(el),
        marker: Boolean(S.inMap(el)) && isMarker(el),
        ofPicture: Boolean(
          el.parentElement &&
          S.closest(
            el.parentElement,
            (at) =>
              ['img', 'image', 'graphics-document', 'slider', 'meter', 'progressbar'].includes(S.role(at)) &&
              S.name(at),
          ),
        ),
        loaded: el.localName === 'img' ? Boolean(el.complete && el.naturalWidth) : true,
        blank: el.localName === 'canvas' ? !drawnOn(el) : false,
        shapes: shapes(el),
        texts:
          el.localName === 'svg'
            ? [...el.querySelectorAll('text')]
                .slice(0, 40)
                .map((t) => fold(t.textContent))
                .join(' ')
                .slice(0, 300)
            : '',
        control:
          control && control !== el
            ? {
                selector: S.selector(control),
                role: S.role(control),
                name: S.name(control).slice(0, 200),
                seen: S.seen(control, 200),
                link,
              }
            : null,
        caption: caption ? S.text(caption, 300) : '',
        around: around(el),
        fallback: el.localName === 'canvas' || el.localName === 'object' ? fold(el.textContent).slice(0, 200) : '',
      });
    }),
    backgrounds: backgrounds.map((el) =>
      S.place(el, {
        source: S.style(el).backgroundImage.slice(0, 300),
        width: size(el)[0],
        height: size(el)[1],
        name: S.name(el).slice(0, 100),
        role: S.role(el),
        hidden: S.hiddenFromAT(el),
      }),
    ),
  };
};
