<?php

declare(strict_types=1);

/** The Flipsnack API v1 in one class, with ext-curl: sign, upload, poll, download. */
final class Flipsnack
{
    /** Seconds to wait before a refused call is repeated: maintenance, limit per second, limit per minute. */
    private const WAIT_BY_CODE = [22 => 30, 31 => 1, 32 => 60];
    private const WAIT_AFTER_SERVER_ERROR = 5;
    private const ATTEMPTS = 5;
    private const POLL_EVERY = 2;
    private const POLLS = 150;

    private Closure $sleep;

    /** `$apiUrl` takes all calls but uploads, `$uploadUrl` takes uploads; `$sleep` waits that many seconds. */
    public function __construct(
        private string $key,
        private string $secret,
        private string $apiUrl,
        private ?string $uploadUrl = null,
        ?Closure $sleep = null,
    ) {
        $this->sleep = $sleep ?? sleep(...);
    }

    /** MD5 of the secret, followed by name and value of each parameter in the order of the names. A file is not signed. */
    public static function sign(array $params, string $secret): string
    {
        ksort($params, SORT_STRING);
        foreach ($params as $name => $value) {
            $secret .= $name . $value;
        }
        return md5($secret);
    }

    /** An upload is sent once: repeated blindly, it could make a second collection. */
    public function create(string $path, array $fields = []): array
    {
        $body = $this->signed('collection.create', $fields) + ['file' => new CURLFile($path)];
        return self::data($this->send($this->uploadUrl ?? $this->apiUrl, [CURLOPT_POSTFIELDS => $body]));
    }

    /** The name `flipbookStatus` is the fake's: no page of the vendor says in which field the conversion is reported. */
    public function waitConverted(string $collectionHash): array
    {
        $status = fn (array $found) => $found['flipbooks'][0]['flipbookStatus'];
        return $this->poll('collection.getCollection', $collectionHash, $status);
    }

    public function packageUrl(string $collectionHash): string
    {
        $status = fn (array $job) => $job['status'];
        return $this->poll('collection.downloadHTML', $collectionHash, $status)['resourceUrl'];
    }

    /** The file appears when it is complete: curl reports a body that is cut off. */
    public function download(string $url, string $path): void
    {
        $part = fopen("$path.part", 'wb');
        try {
            $this->send($url, [CURLOPT_FILE => $part]);
            fclose($part);
            rename("$path.part", $path);
        } finally {
            @unlink("$path.part");
        }
    }

    /** A call that can be repeated without harm: each but `collection.create`. */
    public function call(string $action, array $params = []): array
    {
        $url = $this->apiUrl . '?' . http_build_query($this->signed($action, $params));
        for ($attempt = 1; ; $attempt++) {
            try {
                return self::data($this->send($url));
            } catch (FlipsnackError $error) {
                $seconds = self::secondsToWait($error);
                if ($seconds === null || $attempt === self::ATTEMPTS) {
                    throw $error;
                }
                ($this->sleep)($seconds);
            }
        }
    }

    private function poll(string $action, string $collectionHash, callable $stateOf): array
    {
        for ($polls = 0; $polls < self::POLLS; $polls++) {
            $found = $this->call($action, ['collectionHash' => $collectionHash]);
            $state = strtoupper($stateOf($found));
            if ($state === 'COMPLETE') {
                return $found;
            }
            if ($state === 'FAILED') {
                throw new JobFailed("$action of $collectionHash has failed");
            }
            ($this->sleep)(self::POLL_EVERY);
        }
        throw new RuntimeException("$action of $collectionHash was not COMPLETE after " . self::POLLS . ' polls');
    }

    private function signed(string $action, array $params): array
    {
        $all = ['action' => $action, 'apiKey' => $this->key] + $params;
        return $all + ['signature' => self::sign($all, $this->secret)];
    }

    /** The body of the answer; `true` when it went to a file. */
    private function send(string $url, array $options = []): string|bool
    {
        $request = curl_init($url);
        curl_setopt_array($request, $options + [CURLOPT_FAILONERROR => true, CURLOPT_TIMEOUT => 300]);
        if (!isset($options[CURLOPT_FILE])) {
            curl_setopt($request, CURLOPT_RETURNTRANSFER, true);
        }
        $body = curl_exec($request);
        $status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
        if ($status >= 400) {
            throw new HttpError("HTTP $status", $status);
        }
        if ($body === false) {
            throw new ConnectionError(curl_error($request), curl_errno($request));
        }
        return $body;
    }

    private static function data(string $body): array
    {
        $answer = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if ($answer['code'] !== 20) {
            throw new ApiError("code {$answer['code']}: {$answer['status']}", $answer['code']);
        }
        return $answer['data'] ?? [];
    }

    private static function secondsToWait(FlipsnackError $error): ?int
    {
        if ($error instanceof HttpError && $error->getCode() >= 500) {
            return self::WAIT_AFTER_SERVER_ERROR;
        }
        return $error instanceof ApiError ? self::WAIT_BY_CODE[$error->getCode()] ?? null : null;
    }
}
