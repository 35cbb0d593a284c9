text=secret-test-demoactioncollection.downloadHTMLapiKeytest-democollectionHashmock-complete
signature=$(printf %s "$text" | md5sum | cut -c 1-32)
query="action=collection.downloadHTML&apiKey=test-demo&collectionHash=mock-complete&signature=$signature"
curl -s "http://localhost:3547/v1/?$query" | tee answer.json
curl -s -o package.zip "$(sed 's/.*"resourceUrl":"\([^"]*\)".*/\1/' answer.json)"
