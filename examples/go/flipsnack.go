// Package flipsnack speaks the Flipsnack API v1 with the standard library: sign, upload, poll, download.
package flipsnack

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

const (
	waitAfterServerError = 5 * time.Second
	attempts             = 5
	pollEvery            = 2 * time.Second
	polls                = 150
)

// How long to wait before a refused call is repeated: maintenance, limit per second, limit per minute.
var waitByCode = map[int]time.Duration{22: 30 * time.Second, 31: time.Second, 32: time.Minute}

// APIError is a refusal by the API.
type APIError struct {
	Code    int
	Message string
}

func (e *APIError) Error() string { return fmt.Sprintf("code %d: %s", e.Code, e.Message) }

// HTTPError is an answer with another status than 200.
type HTTPError struct{ Status int }

func (e *HTTPError) Error() string { return fmt.Sprintf("HTTP %d", e.Status) }

// ErrFailed says that a conversion or a package has failed.
var ErrFailed = errors.New("the job has failed")

// Client makes the calls of one API key. Uploads go to UploadURL, all else goes to APIURL; Sleep waits.
type Client struct {
	Key, Secret       string
	APIURL, UploadURL string
	Sleep             func(time.Duration)
}

// Job is a package: ResourceURL serves it for one minute once Status is COMPLETE.
type Job struct {
	Status      string `json:"status"`
	ResourceURL string `json:"resourceUrl"`
}

// Collection is what create and getCollection answer. The names of Flipbooks are the fake's: no page of the vendor
// says in which field the conversion is reported.
type Collection struct {
	Hash      string `json:"collectionHash"`
	Title     string `json:"collectionTitle"`
	Flipbooks []struct {
		Status string `json:"flipbookStatus"`
	} `json:"flipbooks"`
}

// Sign is the MD5 of the secret, followed by name and value of each parameter in the order of the names. A file is not
// signed.
func Sign(params map[string]string, secret string) string {
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	sort.Strings(names)
	text := secret
	for _, name := range names {
		text += name + params[name]
	}
	digest := md5.Sum([]byte(text))
	return hex.EncodeToString(digest[:])
}

// Create uploads a document. It is sent once: repeated blindly, it could make a second collection.
func (c *Client) Create(path string, fields map[string]string) (made Collection, err error) {
	body, contentType, err := form(path, c.signed("collection.create", fields))
	if err != nil {
		return made, err
	}
	answer, err := http.Post(c.UploadURL, contentType, body)
	if err != nil {
		return made, err
	}
	return made, decode(answer, &made)
}

// WaitConverted polls until the document of a collection is converted.
func (c *Client) WaitConverted(hash string) error {
	return c.poll(func() (string, error) {
		var found Collection
		err := c.Call("collection.getCollection", map[string]string{"collectionHash": hash}, &found)
		if err != nil || len(found.Flipbooks) == 0 {
			return "", err
		}
		return found.Flipbooks[0].Status, nil
	})
}

// PackageURL polls until the package of a collection is built.
func (c *Client) PackageURL(hash string) (string, error) {
	var job Job
	err := c.poll(func() (string, error) {
		err := c.Call("collection.downloadHTML", map[string]string{"collectionHash": hash}, &job)
		return job.Status, err
	})
	return job.ResourceURL, err
}

// Download saves a package. The file appears when it is complete: io.Copy reports a body that is cut off.
func (c *Client) Download(link, path string) error {
	answer, err := http.Get(link)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &HTTPError{answer.StatusCode}
	}
	part, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	_, err = io.Copy(part, answer.Body)
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// Call can be repeated without harm, as each method but collection.create. It decodes the data of the answer into data.
func (c *Client) Call(action string, params map[string]string, data any) error {
	query := url.Values{}
	for name, value := range c.signed(action, params) {
		query.Set(name, value)
	}
	for attempt := 1; ; attempt++ {
		answer, err := http.Get(c.APIURL + "?" + query.Encode())
		if err != nil {
			return err
		}
		err = decode(answer, data)
		wait := timeToWait(err)
		if wait == 0 || attempt == attempts {
			return err
		}
		c.Sleep(wait)
	}
}

func (c *Client) poll(state func() (string, error)) error {
	for n := 0; n < polls; n++ {
		found, err := state()
		switch {
		case err != nil:
			return err
		case strings.EqualFold(found, "COMPLETE"):
			return nil
		case strings.EqualFold(found, "FAILED"):
			return ErrFailed
		}
		c.Sleep(pollEvery)
	}
	return fmt.Errorf("not COMPLETE after %d polls", polls)
}

func (c *Client) signed(action string, params map[string]string) map[string]string {
	all := map[string]string{"action": action, "apiKey": c.Key}
	for name, value := range params {
		all[name] = value
	}
	all["signature"] = Sign(all, c.Secret)
	return all
}

func form(path string, fields map[string]string) (io.Reader, string, error) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name, value := range fields {
		writer.WriteField(name, value) // into memory: there is nothing that could fail
	}
	part, _ := writer.CreateFormFile("file", filepath.Base(path))
	document, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer document.Close()
	_, err = io.Copy(part, document)
	writer.Close()
	return &body, writer.FormDataContentType(), err
}

func decode(answer *http.Response, data any) error {
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &HTTPError{answer.StatusCode}
	}
	envelope := struct {
		Code   int    `json:"code"`
		Status string `json:"status"`
		Data   any    `json:"data"`
	}{Data: data}
	if err := json.NewDecoder(answer.Body).Decode(&envelope); err != nil {
		return err
	}
	if envelope.Code != 20 {
		return &APIError{envelope.Code, envelope.Status}
	}
	return nil
}

func timeToWait(err error) time.Duration {
	var status *HTTPError
	if errors.As(err, &status) && status.Status >= 500 {
		return waitAfterServerError
	}
	var refusal *APIError
	if errors.As(err, &refusal) {
		return waitByCode[refusal.Code]
	}
	return 0
}
