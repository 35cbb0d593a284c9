import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";

const params = { action: "collection.downloadHTML", apiKey: "test-demo", collectionHash: "mock-complete" };
const text = "secret-test-demo" + Object.keys(params).sort().map((name) => name + params[name]).join("");
const signature = createHash("md5").update(text).digest("hex");

const response = await fetch("http://localhost:3547/v1/?" + new URLSearchParams({ ...params, signature }));
const answer = await response.json();
console.log(answer.code, answer.data.status);
const download = await fetch(answer.data.resourceUrl);
await writeFile("package.zip", Buffer.from(await download.arrayBuffer()));
