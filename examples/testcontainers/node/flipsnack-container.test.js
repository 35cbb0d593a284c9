// Not run: this was written where no container engine runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GenericContainer, Wait } from 'testcontainers';
import { Flipsnack } from '../../node/flipsnack.js';

let container, apiUrl;

before(async () => {
  container = await new GenericContainer('flipsnack-mock')
    .withExposedPorts(3547)
    .withEnvironment({ FLIPSNACK_MOCK_DEFAULT_SCHEDULE: 'immediate' })
    .withWaitStrategy(Wait.forHttp('/health', 3547))
    .start();
  apiUrl = `http://${container.getHost()}:${container.getMappedPort(3547)}/v1/`;
});
after(() => container?.stop());

test('a package is built', async () => {
  const flipsnack = new Flipsnack({ key: 'test-node', secret: 'secret-test-node', apiUrl });
  assert.match(await flipsnack.packageUrl('mock-complete'), /\.zip\?/);
});
