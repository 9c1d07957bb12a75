package service

import _ "embed"

//go:embed service.schema.json
var schema []byte

// Schema is the published JSON Schema (2020-12) of a service.yaml. It says what
// a schema can say; [ParsePack] holds the parts against each other as well.
func Schema() []byte { return append([]byte(nil), schema...) }
