<?php // Writes down what is asked, then lets PHP's own server answer: a file, or WordPress.
$body = $_SERVER['REQUEST_METHOD'] === 'GET' ? '' : ' ' . substr(str_replace("\n", ' ', file_get_contents('php://input')), 0, 1000);
file_put_contents(getenv('ASKED'), "$_SERVER[REQUEST_METHOD] $_SERVER[REQUEST_URI]$body\n", FILE_APPEND | LOCK_EX);
$path = $_SERVER['DOCUMENT_ROOT'] . urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if (is_file($path) || is_file(rtrim($path, '/') . '/index.php') && rtrim($path, '/') !== $_SERVER['DOCUMENT_ROOT']) return false;
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
