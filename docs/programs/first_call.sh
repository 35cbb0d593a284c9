call="action=collection.downloadHTML&apiKey=test-demo&collectionHash=mock-complete"
signature=$(printf %s "secret-test-demo$(printf %s "$call" | tr -d '=&')" | md5sum | cut -c 1-32)

answer=$(curl -s "http://localhost:3547/v1/?$call&signature=$signature")
echo "$answer" | sed 's/.*"code":\([0-9]*\).*"status":"\([A-Z]*\)","resourceUrl.*/\1 \2/'
curl -s -o package.zip "$(echo "$answer" | sed 's/.*"resourceUrl":"\([^"]*\)".*/\1/')"
