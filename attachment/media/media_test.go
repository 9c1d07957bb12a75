package media

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"aiqyn"
	"aiqyn/evidence"
)

var (
	pictures  = Limits{Bytes: 20 << 20, Types: []Type{JPEG, PNG}}
	documents = Limits{Bytes: 20 << 20, Types: []Type{PDF}}
	anything  = Limits{Bytes: 20 << 20, Types: Types}
)

func look(b []byte, l Limits) (Info, error) {
	return Inspect(bytes.NewReader(b), int64(len(b)), l)
}

// refusal is the key of the error, "" if there is none.
func refusal(err error) string {
	var e *aiqyn.Error
	if errors.As(err, &e) {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestSoundFiles(t *testing.T) {
	img := scene(160, 120, 1)
	small := image.NewGray(image.Rect(0, 0, 3, 2))
	for name, test := range map[string]struct {
		file          []byte
		t             Type
		width, height int
	}{
		"a photograph":       {jpegOf(t, img, 80), JPEG, 160, 120},
		"with Exif":          {withExif(jpegOf(t, img, 80)), JPEG, 160, 120},
		"with a comment":     {withSegment(jpegOf(t, img, 80), markCOM, []byte("PK\x05\x06 <?php")), JPEG, 160, 120},
		"a drawing":          {pngOf(t, img), PNG, 160, 120},
		"a small one":        {pngOf(t, small), PNG, 3, 2},
		"with text":          {withChunk(pngOf(t, img), "tEXt", []byte("Author\x00Aigul")), PNG, 160, 120},
		"a plan":             {pdfOf(catalogue, streamOf("/Filter /FlateDecode", packed([]byte("0 0 m")))), PDF, 0, 0},
		"a plan, mended":     {append(pdfOf(catalogue), pdfOf(catalogue)[9:]...), PDF, 0, 0},
		"a plan with space":  {append(pdfOf(catalogue), " \r\n\r\n"...), PDF, 0, 0},
		"a plan of pictures": {pdfOf(catalogue, streamOf("/Filter /DCTDecode /Subtype /Image", jpegOf(t, img, 80))), PDF, 0, 0},
		"a plan, packed":     {pdfOf(streamOf("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", packed([]byte("1 0 << /Type /Catalog >>")))), PDF, 0, 0},
	} {
		info, err := look(test.file, anything)
		if err != nil || info.Type != test.t || info.Width != test.width || info.Height != test.height {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
		if err := iotest.TestReader(bytes.NewReader(test.file), test.file); err != nil {
			t.Fatal(err)
		}
		if _, err := Inspect(iotest.OneByteReader(bytes.NewReader(test.file)), int64(len(test.file)), anything); err != nil {
			t.Errorf("%s, byte by byte: %v", name, err)
		}
	}
}

// TestWhatIsRefused: each thing that is not one whole file of a kind that was
// asked for, with the words for it.
func TestWhatIsRefused(t *testing.T) {
	photo, drawing, plan := jpegOf(t, scene(160, 120, 1), 80), pngOf(t, scene(160, 120, 1)), pdfOf(catalogue)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	scan := bytes.Index(photo, []byte{0xFF, markSOS})
	bomb := packed(make([]byte, maxObjects+1))
	huge := jpegHeader(10_000, 10_000)
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":                  {nil, "error.attachment-unknown"},
		"text":                     {[]byte("hello, hello, hello"), "error.attachment-unknown"},
		"a page":                   {[]byte("<!doctype html><script>"), "error.attachment-unknown"},
		"an archive":               {zipOf(0), "error.attachment-unknown"},
		"a GIF":                    {[]byte("GIF89a0000000000000"), "error.attachment-unknown"},
		"HEIC":                     {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "error.attachment-heic"},
		"a photograph cut off":     {photo[:len(photo)-2], "error.attachment-malformed"},
		"a head alone":             {photo[:20], "error.attachment-malformed"},
		"no picture data":          {join(photo[:2], []byte{0xFF, markEOI}), "error.attachment-malformed"},
		"a drawing cut off":        {drawing[:len(drawing)-3], "error.attachment-malformed"},
		"a drawing damaged":        {join(drawing[:60], []byte{drawing[60] ^ 1}, drawing[61:]), "error.attachment-malformed"},
		"an animation":             {withChunk(drawing, "acTL", make([]byte, 8)), "error.attachment-malformed"},
		"an unknown chunk":         {withChunk(drawing, "EVIL", nil), "error.attachment-malformed"},
		"more behind a photo":      {join(photo, []byte("x")), "error.attachment-more"},
		"a page behind a photo":    {join(photo, []byte("<script>")), "error.attachment-more"},
		"an archive behind":        {join(photo, zipOf(0)), "error.attachment-more"},
		"an archive behind a PNG":  {join(drawing, zipOf(0)), "error.attachment-more"},
		"an archive in a comment":  {archiveIn(photo), "error.attachment-polyglot"},
		"an archive in text":       {archiveInPNG(drawing), "error.attachment-polyglot"},
		"an archive as a plan":     {archiveInPDF(), "error.attachment-polyglot"},
		"an archive, then more":    {withSegment(photo, markCOM, zipOf(0)), "error.attachment-polyglot"},
		"in text, then more":       {withChunk(drawing, "zzZz", zipOf(0)), "error.attachment-polyglot"},
		"in a plan, then more":     {pdfOf(catalogue, streamOf("", zipOf(0))), "error.attachment-polyglot"},
		"an archive that opens":    {withSegment(photo, markCOM, opens(t)), "error.attachment-polyglot"},
		"a plan behind a photo":    {join(photo, plan), "error.attachment-more"},
		"a plan not at the start":  {join([]byte("\n"), plan), "error.attachment-unknown"},
		"a plan cut off":           {plan[:len(plan)-8], "error.attachment-more"},
		"more behind a plan":       {join(plan, []byte("MZ\x90")), "error.attachment-more"},
		"a script in a plan":       {pdfOf("<< /S /JavaScript /JS (app.alert) >>"), "error.attachment-active"},
		"a script, hidden":         {pdfOf("<< /S /Java#53cript >>"), "error.attachment-active"},
		"a script, packed":         {pdfOf(streamOf("/Type /ObjStm /Filter /FlateDecode", packed([]byte("<< /S /JavaScript >>")))), "error.attachment-active"},
		"a script, unpacked":       {pdfOf(streamOf("/Type /ObjStm", []byte("<< /S /JavaScript >>"))), "error.attachment-malformed"},
		"a script and a decoy":     {pdfOf(streamOf("/Type /ObjStm /X /DCTDecode /Filter /FlateDecode", packed([]byte("<< /S /JavaScript >>")))), "error.attachment-malformed"},
		"a script, elsewhere":      {pdfOf(streamOf("/Type /ObjStm /Filter 5 0 R", packed([]byte("<< /S /JavaScript >>")))), "error.attachment-malformed"},
		"a script, of no type":     {pdfOf(streamOf("/N 1 /First 4 /Filter /FlateDecode", packed([]byte("7 0 << /S /JavaScript >>")))), "error.attachment-active"},
		"a script, by differences": {pdfOf(streamOf("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 1 >>", packed(byDifferences("7 0 << /S /JavaScript >>")))), "error.attachment-malformed"},
		"a script in a stream":     {pdfOf(catalogue, streamOf("", []byte(hidden))), "error.attachment-active"},
		"a script in a picture":    {pdfOf(catalogue, streamOf("/Filter /DCTDecode", join(photo, []byte(hidden)))), "error.attachment-active"},
		"a script, not packed":     {pdfOf(catalogue, streamOf("/Filter /FlateDecode", stored([]byte(hidden)))), "error.attachment-active"},
		"a script in a string":     {pdfOf("<< /Title (" + hidden + ") >>"), "error.attachment-active"},
		"a script in digits":       {pdfOf("<< /Title <00 " + hidden + " >>"), "error.attachment-active"},
		"a script in a comment":    {pdfOf("<< >>\n% " + strings.ReplaceAll(hidden, "\n", " ")), "error.attachment-active"},
		"a list in a stream":       {pdfOf(catalogue, streamOf("", []byte("7 0obj[<< /S /JavaScript >>]"))), "error.attachment-active"},
		"behind another comment":   {pdfOf(catalogue, streamOf("", []byte("7 0 obj%\n<< /S /JavaScript >>"))), "error.attachment-active"},
		"hundreds of scans":        {join(photo[:len(photo)-2], bytes.Repeat(photo[scan:len(photo)-2], mostScans), []byte{0xFF, markEOI}), "error.attachment-bomb"},
		"a file in a plan":         {pdfOf("<< /Type /EmbeddedFile >>"), "error.attachment-active"},
		"a locked plan":            {bytes.Replace(plan, []byte("/Size 2"), []byte("/Encrypt 3 0 R"), 1), "error.attachment-encrypted"},
		"a bomb in a plan":         {pdfOf(streamOf("/Type /ObjStm /Filter /FlateDecode", bomb)), "error.attachment-bomb"},
		"a bomb packed twice":      {pdfOf(streamOf("/Filter [/FlateDecode /FlateDecode]", packed(bomb))), "error.attachment-bomb"},
		"a stream packed wrongly":  {pdfOf(streamOf("/Filter /FlateDecode", []byte("nothing packed"))), "error.attachment-malformed"},
		"100 megapixels":           {huge, "error.attachment-pixels"},
		"100 megapixels, PNG":      {pngHeader(10_000, 10_000, 8, 2, packed([]byte{0})), "error.attachment-pixels"},
		"2⁶² pixels":               {pngHeader(1<<31-1, 1<<31-1, 16, 6, packed([]byte{0})), "error.attachment-pixels"},
		"no pixels":                {pngHeader(0, 10, 8, 2, packed([]byte{0})), "error.attachment-malformed"},
		"pixels of eight bytes":    {pngHeader(7000, 7000, 16, 6, packed([]byte{0})), "error.attachment-pixels"},
	} {
		if _, err := look(test.file, anything); refusal(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	for name, test := range map[string]struct {
		file   []byte
		limits Limits
		want   string
	}{
		"a plan for a photograph": {plan, pictures, "error.attachment-want-picture"},
		"a photograph for a plan": {photo, documents, "error.attachment-want-pdf"},
		"too large":               {photo, Limits{Bytes: 100, Types: Types}, "error.attachment-too-large"},
		"too many pixels":         {photo, Limits{Bytes: 1 << 20, Pixels: 10_000, Types: Types}, "error.attachment-pixels"},
	} {
		if _, err := look(test.file, test.limits); refusal(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// hidden is an object that only the table at a document's end knows of.
const hidden = "7 0 obj\n<< /S /JavaScript /JS (app.alert) >>\nendobj"

// stored is packed without being made smaller: it stands there as it is.
func stored(plain []byte) []byte {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.NoCompression)
	if err == nil {
		_, err = z.Write(plain)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		panic(err) // of a buffer
	}
	return b.Bytes()
}

// byDifferences writes each byte as what it differs by from the one before, as PNG does.
func byDifferences(plain string) (out []byte) {
	var last byte
	for _, b := range []byte(plain) {
		out = append(out, 2, b-last) // each is a row: "up"
		last = b
	}
	return out
}

// TestWhatOnlyLooksLikeAnObject is taken: words that drawings and their texts have.
func TestWhatOnlyLooksLikeAnObject(t *testing.T) {
	for _, text := range []string{"BT (object 7 0) Tj ET", "the obj of it", "endobj << >>", "7 0 object << >>", "1 0 0 1 0 0 cm /obj0 Do", "obj"} {
		for _, file := range [][]byte{pdfOf(catalogue, streamOf("", []byte(text))), pdfOf(catalogue, streamOf("/Filter /FlateDecode", stored([]byte(text)))),
			pdfOf("<< /Title (" + text + ") >>"), pdfOf(catalogue, streamOf("/Type /XObject /N 3 /Filter /FlateDecode", packed([]byte(text))))} {
			if _, err := look(file, documents); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

// jpegHeader is a JPEG that says how large it is, and has a scan of nothing.
func jpegHeader(width, height int) []byte {
	frame := []byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 1, 1, 0x11, 0}
	out := withSegment([]byte{0xFF, markSOI}, markSOF0, frame)
	return append(out, 0xFF, markSOS, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0xFF, markEOI)
}

// archiveIn hides an archive in a photograph: its end stands in a comment and
// takes the rest of the picture for a comment of its own.
func archiveIn(photo []byte) []byte {
	end := zipOf(len(photo) - 2)
	return withSegment(photo, markCOM, end)
}

func archiveInPNG(drawing []byte) []byte {
	probe := withChunk(drawing, "zzZz", zipOf(0))
	return withChunk(drawing, "zzZz", zipOf(len(probe)-33-8-archiveEnd))
}

func archiveInPDF() []byte {
	probe := pdfOf(catalogue, streamOf("", zipOf(0)))
	at := bytes.Index(probe, []byte("PK\x05\x06"))
	return pdfOf(catalogue, streamOf("", zipOf(len(probe)-at-archiveEnd)))
}

// opens is an archive with a file in it, which Go opens from within another file.
func opens(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("run.exe")
	if err == nil {
		_, err = w.Write([]byte("MZ"))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	within := bytes.Join([][]byte{[]byte("before"), b.Bytes(), []byte("behind")}, nil)
	if r, err := zip.NewReader(bytes.NewReader(within), int64(len(within))); err != nil || len(r.File) != 1 {
		t.Fatalf("it is no archive to Go: %v", err)
	}
	return b.Bytes()
}

// TestBombsTakeNoMemory: a bomb is refused before it is unpacked.
func TestBombsTakeNoMemory(t *testing.T) {
	zeros := packed(make([]byte, 64<<20))
	file := pdfOf(streamOf("/Filter /FlateDecode", zeros), streamOf("/Filter /FlateDecode", zeros))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := look(file, documents); err != nil {
		t.Errorf("128 MiB of nothing, which is allowed: %v", err)
	}
	if _, err := look(pngHeader(10_000, 10_000, 8, 2, zeros), pictures); refusal(err) != "error.attachment-pixels" {
		t.Errorf("a picture: %v", err)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 4<<20 {
		t.Errorf("took %d bytes", taken)
	}
	var objects []string
	for range 9 {
		objects = append(objects, streamOf("/Filter /FlateDecode", zeros))
	}
	if _, err := look(pdfOf(objects...), documents); refusal(err) != "error.attachment-bomb" {
		t.Errorf("576 MiB of nothing: %v", err)
	}
}

func TestABrokenReadingIsNoFaultOfTheFile(t *testing.T) {
	lost := errors.New("the disk is gone")
	for _, file := range [][]byte{jpegOf(t, scene(160, 120, 1), 80), pngOf(t, scene(160, 120, 1)), pdfOf(catalogue, streamOf("/Filter /FlateDecode", packed(make([]byte, 1000))))} {
		for n := 0; n < len(file); n += max(1, len(file)/50) {
			r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(lost))
			if _, err := Inspect(r, int64(len(file)), anything); !errors.Is(err, lost) || aiqyn.KindOf(err) == aiqyn.Invalid {
				t.Fatalf("after %d bytes: %v", n, err)
			}
		}
	}
}

func TestExif(t *testing.T) {
	photo := jpegOf(t, scene(160, 120, 1), 80)
	want := evidence.Point{Lat: 511282000, Lon: 714304000}
	for name, file := range map[string][]byte{
		"little": withExif(photo),
		"big":    withSegment(photo, markAPP1, append([]byte(exifHead), astana(binary.BigEndian, "MM\x00\x2a")...)),
	} {
		info, err := look(file, pictures)
		if err != nil {
			t.Fatal(err)
		}
		c := info.Camera
		if c.Taken != "2026-11-23T10:15:00+05:00" || c.Model != "Фон Aspan 7" || c.Upward != 6 || c.Place == nil || evidence.Distance(*c.Place, want) > 1 {
			t.Errorf("%s: %+v %v", name, c, c.Place)
		}
	}
	info, err := look(withChunk(pngOf(t, scene(9, 9, 1)), "eXIf", astana(binary.BigEndian, "MM\x00\x2a")), pictures)
	if err != nil || info.Camera.Place == nil {
		t.Errorf("in a PNG: %+v, %v", info, err)
	}
	for name, exif := range map[string][]byte{
		"nothing": {}, "cut off": astana(binary.BigEndian, "MM\x00\x2a")[:60], "no TIFF": []byte("12345678901234567890"),
		"in a circle": tiffOf(binary.BigEndian, "MM\x00\x2a", []entry{{tagExif, 4, 1, []byte{0, 0, 0, 8}}, {tagGPS, 4, 1, []byte{0, 0, 0, 8}}}, nil, nil),
		"nowhere":     tiffOf(binary.BigEndian, "MM\x00\x2a", nil, nil, []entry{{tagLat, 5, 3, rationals(binary.BigEndian, 95, 0, 0)}, {tagLon, 5, 3, rationals(binary.BigEndian, 10, 0, 0)}}),
	} {
		if info, err := look(withSegment(photo, markAPP1, append([]byte(exifHead), exif...)), pictures); err != nil || info.Camera.Place != nil {
			t.Errorf("%s: %+v, %v", name, info.Camera, err)
		}
	}
}

func TestMoment(t *testing.T) {
	for _, test := range [][3]string{
		{"2026:11:23 10:15:00", "+05:00", "2026-11-23T10:15:00+05:00"}, {"2026:11:23 10:15:00", "", "2026-11-23T10:15:00"},
		{"2026:11:23 10:15:00", "+5", "2026-11-23T10:15:00"}, {"2026-11-23 10:15:00", "", ""}, {"", "", ""}, {"    :  :     :  :  ", "", ""},
		{"2026:11:23 10:15:00", strings.Repeat("x", 6), "2026-11-23T10:15:00"},
	} {
		if got := moment(test[0], test[1]); got != test[2] {
			t.Errorf("%q %q: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}
