<?php
$params = ['action' => 'collection.downloadHTML', 'apiKey' => 'test-demo', 'collectionHash' => 'mock-complete'];
ksort($params, SORT_STRING);
$text = 'secret-test-demo';
foreach ($params as $name => $value) {
    $text .= $name . $value;
}
$params['signature'] = md5($text);

$answer = json_decode(file_get_contents('http://localhost:3547/v1/?' . http_build_query($params)), true);
echo $answer['code'], ' ', $answer['data']['status'], "\n";
copy($answer['data']['resourceUrl'], 'package.zip');
