package pay

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// FuzzReadConfig: whatever stands in the file, nothing is taken that would send
// people or a token elsewhere than to a whole address, and no error tells the
// token.
func FuzzReadConfig(f *testing.F) {
	const token = "sixteen-letters-of-a-secret"
	for _, seed := range []string{
		`{"name":"Bank","api":"https://bank.example/v1","token":"TOKEN","key":"whpk_AAAA","pages":"https://pay.example","site":"https://aiqyn.example"}`,
		`{"name":"Bank","api":"http://localhost:1/","token":"TOKEN","key":"","pages":"http://127.0.0.1","site":"https://u:p@aiqyn.example"}`,
		`{"token":"TOKEN","token":"TOKEN"}`, `{"token":"TOKEN"`, `[]`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		c, err := ReadConfig(strings.NewReader(strings.ReplaceAll(file, "TOKEN", token)))
		if err != nil {
			if !reflect.DeepEqual(c, Config{}) {
				t.Errorf("an error, and all the same %+v", c)
			}
			if strings.Contains(err.Error(), token) && strings.Count(file, "TOKEN") == strings.Count(file, `"token":"TOKEN"`) {
				t.Errorf("the error tells the token: %v", err)
			}
			return
		}
		for _, one := range append([]Config{c}, c.Former...) {
			for _, address := range []string{one.API, one.People, one.Site} {
				u, err := url.Parse(address)
				if err != nil || u.Host == "" || u.User != nil || u.Scheme == "http" && !here(u.Hostname()) {
					t.Errorf("taken: %q", address)
				}
			}
			if one.Title == "" || len(one.Token) < 16 || one.PublicKey == "" {
				t.Errorf("taken: %+v", one)
			}
		}
	})
}
