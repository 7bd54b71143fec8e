// What can be expanded only now: controls in or around what has just come into sight. `arg`: selectors of that.
(S, arg) => {
  const places = arg
    .map((selector) => {
      try {
        return S.find(selector);
      } catch {
        return null;
      }
    })
    .filter(Boolean);
  return S.all('[aria-expanded=false],[aria-haspopup=true]:not([aria-expanded=true])')
    .filter((el) => S.visible(el) && places.some((place) => place.contains(el) || el.contains(place)))
    .slice(0, 10)
    .map((el) =>
      S.place(el, {
        kind: 'disclosure',
        name: (S.name(el) || S.text(el, 80)).slice(0, 80),
        sign: '',
        role: S.role(el),
      }),
    );
};
