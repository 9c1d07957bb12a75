package grid

import "testing"

func TestAddedLoad(t *testing.T) {
	for in, want := range map[string]string{
		`{"existing-load":899,"load":900,"measured-load":20}`: `{"differs":true,"existing":20,"kw":880,"measured":20,"said":899,"version":1}`,
		`{"existing-load":60,"load":150,"measured-load":60}`:  `{"differs":false,"existing":60,"kw":90,"measured":60,"said":60,"version":1}`,
		`{"existing-load":0,"load":50,"measured-load":20}`:    `{"differs":false,"existing":0,"kw":50,"measured":20,"said":0,"version":1}`,
		`{"existing-load":60,"load":40,"measured-load":60}`:   `{"differs":false,"existing":60,"kw":1,"measured":60,"said":60,"version":1}`,
	} {
		if out, err := RunAddedLoad1([]byte(in)); err != nil || string(out) != want {
			t.Errorf("%s: %s, want %s: %v", in, out, want, err)
		}
	}
	for _, in := range []string{``, `{}x`, `{"load":-1}`, `{"load":1.5}`, `{"other":1}`} {
		if out, err := RunAddedLoad1([]byte(in)); err == nil {
			t.Errorf("%q gives %s", in, out)
		}
	}
}
