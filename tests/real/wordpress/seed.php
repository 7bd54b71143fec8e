<?php // What an editor of a municipality puts into a new WordPress: pages, posts, pictures, a table, a form, a menu, comments.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = parse_url(getenv('WP_HOME'), PHP_URL_HOST) . ':' . parse_url(getenv('WP_HOME'), PHP_URL_PORT);
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
function wp_mail() { return true; }
load_default_textdomain('nl_NL');
wp_install('Gemeente Voorbeeldmeer', 'redactie', 'redactie@voorbeeldmeer.example', true, '', getenv('WP_PASSWORD'), 'nl_NL');
update_option('WPLANG', 'nl_NL');
update_option('blogdescription', 'Informatie voor inwoners');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Amsterdam');
update_option('posts_per_page', 3);
kses_remove_filters();
foreach (get_posts(['post_type' => ['post', 'page'], 'post_status' => 'any', 'numberposts' => -1]) as $old) wp_delete_post($old->ID, true);

function picture(string $name, string $alt, array $colour, int $wide = 1200, int $high = 800): int {
    $folder = wp_upload_dir();
    $file = "$folder[path]/$name.jpg";
    $image = imagecreatetruecolor($wide, $high);
    imagefilledrectangle($image, 0, 0, $wide, $high / 2, imagecolorallocate($image, 190, 215, 235));
    imagefilledrectangle($image, 0, $high / 2, $wide, $high, imagecolorallocate($image, ...$colour));
    imagefilledellipse($image, $wide / 3, $high / 3, 200, 200, imagecolorallocate($image, 250, 220, 90));
    imagejpeg($image, $file, 80);
    $id = wp_insert_attachment(['post_author' => 1, 'post_mime_type' => 'image/jpeg', 'post_title' => $name, 'post_excerpt' => $alt], $file);
    wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file));
    update_post_meta($id, '_wp_attachment_image_alt', $alt);
    return $id;
}
function figure(int $id, string $class = 'size-large'): string {
    $url = wp_get_attachment_image_url($id, 'large');
    $alt = esc_attr(get_post_meta($id, '_wp_attachment_image_alt', true));
    return "<!-- wp:image {\"id\":$id,\"sizeSlug\":\"large\"} --><figure class=\"wp-block-image $class\"><img src=\"$url\" alt=\"$alt\" class=\"wp-image-$id\"/><figcaption class=\"wp-element-caption\">Foto: archief</figcaption></figure><!-- /wp:image -->";
}
function p(string $text): string { return "<!-- wp:paragraph --><p>$text</p><!-- /wp:paragraph -->\n"; }
function h(string $text, int $level = 2): string { return "<!-- wp:heading {\"level\":$level} --><h$level class=\"wp-block-heading\">$text</h$level><!-- /wp:heading -->\n"; }
function add(string $type, string $title, string $content, array $more = []): int {
    return wp_insert_post(wp_slash($more + ['post_type' => $type, 'post_title' => $title, 'post_content' => $content, 'post_status' => 'publish', 'post_author' => 1, 'comment_status' => $type === 'post' ? 'open' : 'closed']));
}

$haven = picture('haven', 'De haven van Voorbeeldmeer met drie zeilboten', [60, 110, 140]);
$markt = picture('markt', 'Kramen op de markt voor het raadhuis', [150, 120, 90]);
$park = picture('park', 'Het park met de grote vijver in de herfst', [80, 130, 70]);
$lege = picture('sier', '', [120, 120, 120]);

$table = '<!-- wp:table {"className":"is-style-stripes"} --><figure class="wp-block-table is-style-stripes"><table><thead><tr><th>Dag</th><th>Balie</th><th>Telefoon</th></tr></thead><tbody><tr><td>Maandag</td><td>9.00 tot 17.00 uur</td><td>8.30 tot 17.00 uur</td></tr><tr><td>Donderdag</td><td>9.00 tot 20.00 uur</td><td>8.30 tot 17.00 uur</td></tr></tbody></table><figcaption class="wp-element-caption">Openingstijden van het raadhuis</figcaption></figure><!-- /wp:table -->';
$gallery = '<!-- wp:gallery {"linkTo":"media"} --><figure class="wp-block-gallery has-nested-images columns-default is-cropped">';
foreach ([$haven, $markt, $park] as $id) $gallery .= "<!-- wp:image {\"id\":$id,\"sizeSlug\":\"large\",\"linkDestination\":\"media\"} --><figure class=\"wp-block-image size-large\"><a href=\"" . wp_get_attachment_url($id) . '"><img src="' . wp_get_attachment_image_url($id, 'large') . '" alt="' . esc_attr(get_post_meta($id, '_wp_attachment_image_alt', true)) . "\" class=\"wp-image-$id\"/></a></figure><!-- /wp:image -->";
$gallery .= '<figcaption class="blocks-gallery-caption wp-element-caption">Voorbeeldmeer in beeld</figcaption></figure><!-- /wp:gallery -->';
$buttons = '<!-- wp:buttons --><div class="wp-block-buttons"><!-- wp:button --><div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="/contact/">Maak een afspraak</a></div><!-- /wp:button --><!-- wp:button {"className":"is-style-outline"} --><div class="wp-block-button is-style-outline"><a class="wp-block-button__link wp-element-button" href="/afval/">Afvalkalender</a></div><!-- /wp:button --></div><!-- /wp:buttons -->';
$columns = '<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div class="wp-block-column">' . h('Paspoort', 3) . p('Vraag een paspoort aan bij de balie.') . '</div><!-- /wp:column --><!-- wp:column --><div class="wp-block-column">' . h('Verhuizen', 3) . p('Geef uw <a href="/contact/">verhuizing</a> door.') . '</div><!-- /wp:column --></div><!-- /wp:columns -->';
$cover = '<!-- wp:cover {"url":"' . wp_get_attachment_url($haven) . "\",\"id\":$haven,\"dimRatio\":60} --><div class=\"wp-block-cover\"><span aria-hidden=\"true\" class=\"wp-block-cover__background has-background-dim-60 has-background-dim\"></span><img class=\"wp-block-cover__image-background wp-image-$haven\" alt=\"\" src=\"" . wp_get_attachment_url($haven) . '" data-object-fit="cover"/><div class="wp-block-cover__inner-container"><!-- wp:paragraph {"align":"center","fontSize":"large"} --><p class="has-text-align-center has-large-font-size">Welkom in Voorbeeldmeer</p><!-- /wp:paragraph --></div></div><!-- /wp:cover -->';
$search = '<!-- wp:search {"label":"Zoeken","buttonText":"Zoeken"} /-->';
$quote = '<!-- wp:quote --><blockquote class="wp-block-quote">' . p('Wij horen graag wat beter kan.') . '<cite>De burgemeester</cite></blockquote><!-- /wp:quote -->';
$media = "<!-- wp:media-text {\"mediaId\":$park,\"mediaType\":\"image\"} --><div class=\"wp-block-media-text alignwide is-stacked-on-mobile\"><figure class=\"wp-block-media-text__media\"><img src=\"" . wp_get_attachment_image_url($park, 'large') . "\" alt=\"Het park met de grote vijver in de herfst\" class=\"wp-image-$park size-full\"/></figure><div class=\"wp-block-media-text__content\">" . p('Het park is het hele jaar open.') . '</div></div><!-- /wp:media-text -->';
$form = '<!-- wp:html --><form method="post" action="/contact/"><p><label for="naam">Naam (verplicht)</label><br><input id="naam" name="naam" autocomplete="name" required></p><p><label for="mail">E-mailadres</label><br><input id="mail" name="mail" type="email" autocomplete="email"></p><p><label for="vraag">Uw vraag (verplicht)</label><br><textarea id="vraag" name="vraag" rows="5" required></textarea></p><button type="submit">Versturen</button></form><!-- /wp:html -->';

$home = add('page', 'Welkom', $cover . p('Op deze site vindt u informatie over wonen, werken en leven in Voorbeeldmeer.') . $buttons . h('Vaak gezocht') . $columns . h('Zoek op deze site') . $search);
$afval = add('page', 'Afval', p('Wij halen uw afval elke week op.') . h('Welke bak wanneer?') . '<!-- wp:list --><ul><li>Groene bak: maandag</li><li>Grijze bak: donderdag</li></ul><!-- /wp:list -->' . figure($markt) . $quote . '<!-- wp:separator --><hr class="wp-block-separator has-alpha-channel-opacity"/><!-- /wp:separator -->' . $media);
add('page', 'Grofvuil', p('Grofvuil brengt u naar de milieustraat.') . figure($lege), ['post_parent' => $afval]);
$tijden = add('page', 'Openingstijden', p('Het raadhuis is open op werkdagen.') . $table . '<!-- wp:file {"href":"/wp-content/uploads/regels.txt"} --><div class="wp-block-file"><a href="/wp-content/uploads/regels.txt">Regels aan de balie</a><a href="/wp-content/uploads/regels.txt" class="wp-block-file__button wp-element-button" download>Downloaden</a></div><!-- /wp:file -->');
$beeld = add('page', 'Voorbeeldmeer in beeld', p('Foto’s van inwoners.') . $gallery);
$contact = add('page', 'Contact', p('Bel 14 0999 of stuur een bericht.') . $form);
$nieuws = add('page', 'Nieuws', '');
wp_update_post(['ID' => (int) get_option('wp_page_for_privacy_policy') ?: $contact]);
update_option('show_on_front', 'page');
update_option('page_on_front', $home);
update_option('page_for_posts', $nieuws);

$wonen = wp_create_category('Wonen');
foreach (['Werk aan de Dorpsstraat' => $markt, 'Nieuwe bomen in het park' => $park, 'Raad vergadert over begroting' => $haven, 'Zwembad open in de vakantie' => $haven, 'Denk mee over de haven' => $markt] as $title => $id) {
    $post = add('post', $title, p("$title: dat is het nieuws van deze week. Lees hieronder wat het voor u betekent.") . '<!-- wp:more --><!--more--><!-- /wp:more -->' . h('Wat betekent dit voor u?') . p('U merkt er weinig van. Hebt u vragen, kijk dan bij <a href="/contact/">contact</a>.') . figure($id), ['post_category' => [$wonen], 'tags_input' => ['verkeer', 'groen']]);
    set_post_thumbnail($post, $id);
    $first = wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => 'Jan de Vries', 'comment_author_email' => 'jan@example.org', 'comment_content' => 'Hoe lang gaat dit duren?', 'comment_approved' => 1]);
    wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => 'redactie', 'comment_author_email' => 'redactie@voorbeeldmeer.example', 'comment_content' => 'Tot eind maart.', 'comment_parent' => $first, 'comment_approved' => 1, 'user_id' => 1]);
}
file_put_contents(wp_upload_dir()['basedir'] . '/regels.txt', "Neem uw bewijs mee.\n");

$menu = wp_create_nav_menu('Hoofdmenu');
foreach ([$home, $afval, $tijden, $beeld, $nieuws, $contact] as $page) $item[$page] = wp_update_nav_menu_item($menu, 0, ['menu-item-object-id' => $page, 'menu-item-object' => 'page', 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish']);
wp_update_nav_menu_item($menu, 0, ['menu-item-object-id' => get_page_by_path('afval/grofvuil')->ID, 'menu-item-object' => 'page', 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish', 'menu-item-parent-id' => $item[$afval]]);
foreach (['twentytwentyone', 'twentytwentytwo', 'twentytwentythree'] as $theme) {
    switch_theme($theme);
    set_theme_mod('nav_menu_locations', ['primary' => $menu, 'footer' => $menu]);
}
switch_theme($argv[2]);
flush_rewrite_rules();
echo "ready\n";
