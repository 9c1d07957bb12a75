//go:build pictures

package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Pictures of every page for people to look at: AIQYN_PICTURES names a folder.
func TestPictures(t *testing.T) {
	folder := os.Getenv("AIQYN_PICTURES")
	if folder == "" {
		t.Fatal("AIQYN_PICTURES names no folder")
	}
	ctx := browser(t, 25*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), someDemo()))
	defer server.Close()
	site := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // a name, so that passkeys are shown
	only := os.Getenv("AIQYN_PICTURES_OF")
	for _, lang := range []string{"kk", "ru", "en"} {
		for _, screen := range screens {
			for _, width := range []int64{360, 1280} {
				name := strings.NewReplacer("/", "_", "?", "_", "=", "-").Replace(lang+screen.path+"_"+screen.as) + "_" + map[int64]string{360: "360", 1280: "1280"}[width]
				if !strings.Contains(name, only) {
					continue
				}
				if err := chromedp.Do(ctx, as(screen.as, site), chromedp.EmulateViewport(width, 900), chromedp.Navigate(site+"/"+lang+screen.path)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				png := must(t, ctx, chromedp.FullScreenshot(100))
				if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
