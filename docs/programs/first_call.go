package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
)

type answer struct {
	Code int
	Data struct{ Status, ResourceURL string }
}

func main() {
	params := map[string]string{
		"action": "collection.downloadHTML", "apiKey": "test-demo", "collectionHash": "mock-complete",
	}
	names := make([]string, 0, len(params))
	query := url.Values{}
	for name, value := range params {
		names = append(names, name)
		query.Set(name, value)
	}
	sort.Strings(names)
	text := "secret-test-demo"
	for _, name := range names {
		text += name + params[name]
	}
	digest := md5.Sum([]byte(text))
	query.Set("signature", hex.EncodeToString(digest[:]))

	var found answer
	check(json.Unmarshal(get("http://localhost:3547/v1/?"+query.Encode()), &found))
	fmt.Println(found.Code, found.Data.Status)
	check(os.WriteFile("package.zip", get(found.Data.ResourceURL), 0o644))
}

func get(address string) []byte {
	response, err := http.Get(address)
	check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err)
	return body
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
