// Runs in: base
(S) => {
  // Navigation, header and footer with their links in reading order: what repeats over the pages of a site. For 3.2.3 and 2.4.5.
  const REGIONS = 'nav,header,footer,[role=navigation],[role=banner],[role=contentinfo]';
  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  const regions = S.all(REGIONS)
    .filter(
      (el) =>
        ['navigation', 'banner', 'contentinfo'].includes(S.role(el)) &&
        el.checkVisibility({ visibilityProperty: true }),
    )
    .slice(0, 20);
  const searchForms = S.all('form')
    .filter(
      (form) =>
        form.matches('[role=search]') ||
        form.querySelector('input[type=search]') ||
        form.closest('[role=search],search') ||
        /zoek|search/i.test(form.getAttribute('action') || ''),
    )
    .slice(0, 10);
  // The place of each among all of them, in the order of the document.
  const parts = [...regions, ...searchForms];
  const at = (el) => parts.filter((other) => other !== el && S.follows(other, el)).length;
  const own = (region, link) => S.closest(link, (at) => regions.includes(at)) === region;
  const named = (el) =>
    fold(el.getAttribute('aria-label') || '') ||
    fold(
      (el.getAttribute('aria-labelledby') || '')
        .split(/\s+/)
        .filter(Boolean)
        .map((id) => document.getElementById(id))
        .filter(Boolean)
        .map((n) => n.textContent)
        .join(' '),
    );
  return {
    lang: (document.documentElement.getAttribute('lang') || '').toLowerCase(),
    regions: regions.map((el) =>
      S.place(el, {
        role: S.role(el),
        name: named(el).slice(0, 100),
        at: at(el),
        outer: regions.find((other) => other !== el && other.contains(el))
          ? S.role(regions.find((other) => other !== el && other.contains(el)))
          : '',
        links: [...el.querySelectorAll('a[href]')]
          .filter((a) => own(el, a) && a.checkVisibility({ visibilityProperty: true }))
          .slice(0, 200)
          .map((a) => ({
            url: S.url(a).slice(0, 500),
            name: S.name(a).slice(0, 120),
            seen: S.seen(a, 120),
            current: Boolean(a.getAttribute('aria-current')),
          }))
          .filter((l) => /^https?:/.test(l.url) && URL.canParse(l.url)),
      }),
    ),
    search: S.all(
      'input[type=search],[role=search] input,search input,input[name=q],input[name=zoek],input[name=search],input[name=query],input[name=keys],input[name=s]',
    ).filter((el) => el.type !== 'hidden').length,
    // Search forms with the button that sends them.
    searches: searchForms
      .map((form) => {
        const button = [
          ...form.querySelectorAll('button:not([type=button]):not([type=reset]),input[type=submit],input[type=image]'),
        ].find((b) => b.checkVisibility({ visibilityProperty: true }));
        const fields = [
          ...form.querySelectorAll('input:not([type=hidden]):not([type=submit]):not([type=image]),select,textarea'),
        ].filter(S.visible);
        return button && fields.some((f) => ['text', 'search'].includes(f.type))
          ? S.place(button, {
              action: (URL.parse(form.getAttribute('action') || location.href, location.href)?.href ?? '').slice(
                0,
                500,
              ),
              fields: fields.length,
              at: at(form),
              name: S.name(button).slice(0, 120),
              seen: button.localName === 'input' ? fold(button.value || '') : S.seen(button, 120),
              icon: Boolean(button.querySelector('svg,img')),
            })
          : null;
      })
      .filter(Boolean),
  };
};
