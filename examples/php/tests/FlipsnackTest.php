<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../src/errors.php';
require_once __DIR__ . '/../src/Flipsnack.php';

final class FlipsnackTest extends TestCase
{
    private const DOCUMENT = __DIR__ . '/../../document.pdf';

    private string $baseUrl;
    private string $key;
    private string $package;
    private array $slept = [];
    private Flipsnack $flipsnack;

    /** Each test has an account of its own: a key that begins with `test-` exists when it is used. */
    protected function setUp(): void
    {
        $this->baseUrl = getenv('FLIPSNACK_BASE_URL') ?: 'http://localhost:3547/v1/';
        $this->key = 'test-php-' . bin2hex(random_bytes(8));
        $this->package = sys_get_temp_dir() . "/{$this->key}.zip";
        $this->control('clock/freeze', []);
        $this->flipsnack = new Flipsnack($this->key, "secret-{$this->key}", $this->baseUrl, sleep: $this->sleep(...));
    }

    protected function tearDown(): void
    {
        @unlink($this->package);
    }

    /** Waiting moves the clock of the account, so a test takes no time. */
    public function sleep(int $seconds): void
    {
        $this->slept[] = $seconds;
        $this->control('clock/advance', ['seconds' => $seconds]);
    }

    /** Posts to the control plane of the fake. */
    private function control(string $path, array $body): void
    {
        $url = preg_replace('#v1/$#', '__admin/', $this->baseUrl) . "accounts/{$this->key}/$path";
        $options = ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => json_encode((object) $body)];
        file_get_contents($url, false, stream_context_create(['http' => $options]));
    }

    public function testTheVendorsExampleHasTheVendorsSignature(): void
    {
        $params = ['apiKey' => '45FD-267-7SG7832', 'action' => 'collection.getCollection', 'collectionHash' => 'fxh4k89'];
        self::assertSame('26e781d3d1751d82ec284acf4a019def', Flipsnack::sign($params, '123ABCDE-456-7890-FGH'));
    }

    public function testADocumentIsUploadedConvertedPackagedAndDownloaded(): void
    {
        $made = $this->flipsnack->create(self::DOCUMENT, ['title' => 'Spring & summer']);
        self::assertSame('Spring & summer', $made['collectionTitle']);
        $this->flipsnack->waitConverted($made['collectionHash']);
        $this->flipsnack->download($this->flipsnack->packageUrl($made['collectionHash']), $this->package);
        self::assertSame('PK', file_get_contents($this->package, length: 2));
    }

    public function testALinkExpiresAfterAMinuteAndANewCallGivesANewOne(): void
    {
        $link = $this->flipsnack->packageUrl('mock-complete');
        $this->control('clock/advance', ['seconds' => 60]);
        try {
            $this->flipsnack->download($link, $this->package);
            self::fail('the link has expired');
        } catch (HttpError $error) {
            self::assertSame(403, $error->getCode());
        }
        $this->flipsnack->download($this->flipsnack->packageUrl('mock-complete'), $this->package);
        self::assertFileExists($this->package);
    }

    public function testAWrongSecretIsCode44AndNotRepeated(): void
    {
        $other = new Flipsnack($this->key, 'another secret', $this->baseUrl, sleep: $this->sleep(...));
        try {
            $other->call('user.getStats');
            self::fail('the signature is wrong');
        } catch (ApiError $refusal) {
            self::assertSame([44, []], [$refusal->getCode(), $this->slept]);
        }
    }

    public function testTheSixthCallInASecondIsCode31AndRepeatedASecondLater(): void
    {
        for ($from = 0; $from < 6; $from++) {
            $this->flipsnack->call('collection.getList', ['from' => $from]);
        }
        self::assertSame([1], $this->slept);
    }

    public function testAFailedJobIsAnErrorAndNotAnEndlessWait(): void
    {
        $this->expectException(JobFailed::class);
        $this->flipsnack->packageUrl('mock-failed');
    }

    public function testACallThatMeetsHttp503IsRepeated(): void
    {
        $this->control('faults', ['fault' => ['kind' => 'status', 'status' => 503], 'count' => 1]);
        $this->flipsnack->call('user.getStats');
        self::assertSame([5], $this->slept);
    }

    public function testAPackageThatIsCutOffLeavesNoFile(): void
    {
        $link = $this->flipsnack->packageUrl('mock-truncated');
        try {
            $this->flipsnack->download($link, $this->package);
            self::fail('the package is cut off');
        } catch (ConnectionError $error) {
            self::assertSame(CURLE_PARTIAL_FILE, $error->getCode());
        }
        self::assertFileDoesNotExist($this->package);
        self::assertFileDoesNotExist("{$this->package}.part");
    }
}
