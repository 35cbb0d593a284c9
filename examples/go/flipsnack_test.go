package flipsnack

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

const document = "../document.pdf"

// fake is an account of the fake, a client for it, and the waits of that client.
type fake struct {
	*testing.T
	Client
	slept []time.Duration
}

// Each test has an account of its own: a key that begins with `test-` exists when it is used.
func newFake(t *testing.T) *fake {
	random := make([]byte, 8)
	rand.Read(random)
	key := "test-go-" + hex.EncodeToString(random)
	base := baseURL()
	f := &fake{T: t, Client: Client{Key: key, Secret: "secret-" + key, APIURL: base, UploadURL: base}}
	// Waiting moves the clock of the account, so a test takes no time.
	f.Client.Sleep = func(wait time.Duration) {
		f.slept = append(f.slept, wait)
		f.control("clock/advance", map[string]any{"seconds": wait.Seconds()})
	}
	f.control("clock/freeze", map[string]any{})
	return f
}

func baseURL() string {
	if base := os.Getenv("FLIPSNACK_BASE_URL"); base != "" {
		return base
	}
	return "http://localhost:3547/v1/"
}

// control posts to the control plane of the fake.
func (f *fake) control(path string, body map[string]any) {
	f.Helper()
	text, _ := json.Marshal(body)
	account := strings.TrimSuffix(baseURL(), "v1/") + "__admin/accounts/" + f.Key + "/"
	answer, err := http.Post(account+path, "application/json", bytes.NewReader(text))
	f.must(err)
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		f.Fatalf("%s: %s", path, said)
	}
}

func (f *fake) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fake) expectSlept(expected ...time.Duration) {
	f.Helper()
	if !reflect.DeepEqual(expected, f.slept) {
		f.Errorf("expected to wait for %v, waited for %v", expected, f.slept)
	}
}

func (f *fake) packageURL(hash string) string {
	f.Helper()
	link, err := f.PackageURL(hash)
	f.must(err)
	return link
}

func TestTheExampleOfTheVendorHasItsSignature(t *testing.T) {
	params := map[string]string{
		"apiKey": "45FD-267-7SG7832", "action": "collection.getCollection", "collectionHash": "fxh4k89",
	}
	if signed := Sign(params, "123ABCDE-456-7890-FGH"); signed != "26e781d3d1751d82ec284acf4a019def" {
		t.Error(signed)
	}
}

func TestADocumentIsUploadedConvertedPackagedAndDownloaded(t *testing.T) {
	f := newFake(t)
	made, err := f.Create(document, map[string]string{"title": "Spring & summer"})
	f.must(err)
	if made.Title != "Spring & summer" {
		t.Error(made.Title)
	}
	f.must(f.WaitConverted(made.Hash))
	path := filepath.Join(t.TempDir(), "package.zip")
	f.must(f.Download(f.packageURL(made.Hash), path))
	content, err := os.ReadFile(path)
	f.must(err)
	if !bytes.HasPrefix(content, []byte("PK")) {
		t.Error("not a zip")
	}
}

func TestALinkExpiresAfterAMinuteAndANewCallGivesANewOne(t *testing.T) {
	f := newFake(t)
	path := filepath.Join(t.TempDir(), "package.zip")
	link := f.packageURL("mock-complete")
	f.control("clock/advance", map[string]any{"seconds": 60})
	var refusal *HTTPError
	if err := f.Download(link, path); !errors.As(err, &refusal) || refusal.Status != 403 {
		t.Error(err)
	}
	f.must(f.Download(f.packageURL("mock-complete"), path))
}

func TestAWrongSecretIsCode44AndNotRepeated(t *testing.T) {
	f := newFake(t)
	f.Secret = "another secret"
	var refusal *APIError
	if err := f.Call("user.getStats", nil, nil); !errors.As(err, &refusal) || refusal.Code != 44 {
		t.Error(err)
	}
	f.expectSlept()
}

func TestTheSixthCallInASecondIsCode31AndRepeatedASecondLater(t *testing.T) {
	f := newFake(t)
	for from := 0; from < 6; from++ {
		f.must(f.Call("collection.getList", map[string]string{"from": strconv.Itoa(from)}, nil))
	}
	f.expectSlept(time.Second)
}

func TestAFailedJobIsAnErrorAndNotAnEndlessWait(t *testing.T) {
	if _, err := newFake(t).PackageURL("mock-failed"); err != ErrFailed {
		t.Error(err)
	}
}

func TestACallThatMeetsHTTP503IsRepeated(t *testing.T) {
	f := newFake(t)
	f.control("faults", map[string]any{"fault": map[string]any{"kind": "status", "status": 503}, "count": 1})
	f.must(f.Call("user.getStats", nil, nil))
	f.expectSlept(5 * time.Second)
}

func TestAPackageThatIsCutOffLeavesNoFile(t *testing.T) {
	f := newFake(t)
	path := filepath.Join(t.TempDir(), "package.zip")
	if err := f.Download(f.packageURL("mock-truncated"), path); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	for _, left := range []string{path, path + ".part"} {
		if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
			t.Error(left, err)
		}
	}
}
