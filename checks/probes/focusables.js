// Runs in: base
(S) => {
  // What a keyboard should be able to reach, and whether script could react to anything: the cheap half of the keyboard checks.
  const WIDGETS = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option', 'slider', 'spinbutton', 'textbox', 'searchbox', 'combobox', 'listbox', 'treeitem']);
  const all = S.all('*', document, 15000);
  let handlers = 0;
  const found = [];
  for (const el of all) {
    if (!handlers) for (const { name, value } of el.attributes) if (/^on[a-z]/.test(name) || (/^(href|action|formaction|src)$/.test(name) && /^\s*javascript:/i.test(value))) { handlers = 1; break; }
    if (el.tabIndex >= 0 || el.hasAttribute('tabindex') || (el.getAttribute('role') && WIDGETS.has(el.getAttribute('role')))) found.push(el);
  }
  return {
    handlers,
    stops: found.filter((el) => el.tabIndex >= 0 && S.focusable(el)).length,
    positive: found.filter((el) => el.tabIndex > 0 && S.focusable(el)).slice(0, 50).map((el) => S.place(el, { tabindex: el.tabIndex, name: S.name(el).slice(0, 80) })),
  };
}
