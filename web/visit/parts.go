package visit

import (
	"io"
	"mime/multipart"
	"net/url"

	"aiqyn"
)

// Limits of a form that is read while it arrives.
const (
	maxParts  = 200
	maxValue  = 64 << 10
	maxSigned = 1 << 20 // a signature with its chain and time stamp
)

// Taker takes a file of a form while it arrives and returns what stands for it
// among the form's values; "": there is none.
type Taker func(v *Visit, name string, file io.Reader) (string, error)

// ReadParts reads a multipart form from the body, part by part: values are kept,
// files go to the taker and nowhere else. What is wrong with a file is kept in
// Faults, by the name of its input, for the page to say; any other error ends it.
func (v *Visit) ReadParts(body io.Reader, boundary string, take Taker) error {
	form := url.Values{}
	v.Faults = map[string]error{}
	r := multipart.NewReader(body, boundary)
	for range maxParts {
		part, err := r.NextRawPart()
		if err == io.EOF { // as it is: wrapped, it says that the form broke off
			v.R.PostForm, v.R.Form = form, withQuery(form, v.R.URL.Query())
			return nil
		}
		if err != nil {
			return err
		}
		if err := v.readPart(form, part, take); err != nil {
			return err
		}
	}
	return aiqyn.E(aiqyn.TooLarge, "error.too-large")
}

// SignatureField is the input of an electronic signature, which is no evidence of
// a step and is small.
const SignatureField = "cms"

func (v *Visit) readPart(form url.Values, part *multipart.Part, take Taker) error {
	name := part.FormName()
	if part.FileName() == "" { // a value, or a file that was not chosen
		value, err := io.ReadAll(io.LimitReader(part, maxValue+1))
		if err != nil {
			return err
		}
		if len(value) > maxValue {
			return aiqyn.E(aiqyn.TooLarge, "error.too-large")
		}
		if _, chosen := part.Header["Content-Type"]; !chosen {
			form.Add(name, string(value))
		}
		return nil
	}
	if name == SignatureField {
		var err error
		v.Signature, err = io.ReadAll(io.LimitReader(part, maxSigned+1))
		return err
	}
	stands, err := take(v, name, part)
	if kind := aiqyn.KindOf(err); err != nil && (kind == aiqyn.Invalid || kind == aiqyn.TooLarge || kind == aiqyn.Unavailable) {
		v.Faults[name] = err
		_, err = io.Copy(io.Discard, part)
	}
	if stands != "" {
		form.Set(name, stands)
	}
	return err
}

// withQuery is what a form and its address say, the form first, as of any other form.
func withQuery(form, query url.Values) url.Values {
	all := make(url.Values, len(form)+len(query))
	for _, of := range []url.Values{form, query} {
		for name, values := range of {
			all[name] = append(all[name], values...)
		}
	}
	return all
}
