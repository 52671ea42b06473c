// ovh/kmip-go beside kmip-client: the driver for `compare`. Build it with ./build.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/ttlv"
)

var (
	version          = "unknown"
	message, encoded []byte
	client           *kmipclient.Client
)

// decode returns the message as what encodes it again, and how many batch items it has.
func decode() (any, int, error) {
	if len(message) > 2 && message[2] == 0x78 {
		request := new(kmip.RequestMessage)
		err := ttlv.UnmarshalTTLV(message, request)
		return request, len(request.BatchItem), err
	}
	response := new(kmip.ResponseMessage)
	err := ttlv.UnmarshalTTLV(message, response)
	return response, len(response.BatchItem), err
}

func items(value ttlv.Value) int {
	count := 1
	if fields, ok := value.Value.(ttlv.Struct); ok {
		for _, field := range fields {
			count += items(field)
		}
	}
	return count
}

func answer(words []string) (any, error) {
	var operation func() (int, error)
	switch words[0] {
	case "hello":
		return map[string]any{"protocol": 2, "name": "ovh/kmip-go", "version": version}, nil
	case "message":
		bytes, err := hex.DecodeString(words[1])
		message = bytes
		return map[string]any{}, err
	case "decode":
		operation = func() (int, error) { _, count, err := decode(); return count, err }
	case "walk":
		operation = func() (int, error) {
			var value ttlv.Value
			err := ttlv.UnmarshalTTLV(message, &value)
			return items(value), err
		}
	case "encode":
		typed, _, err := decode()
		if err != nil {
			return nil, err
		}
		operation = func() (int, error) { encoded = ttlv.MarshalTTLV(typed); return len(encoded), nil }
	case "bytes":
		return map[string]any{"hex": hex.EncodeToString(encoded)}, nil
	case "connect":
		dialled, err := kmipclient.Dial(words[1]+":"+words[2], kmipclient.EnforceVersion(kmip.V1_4), kmipclient.WithRootCAFile(words[3]+"/ca.pem"),
			kmipclient.WithClientCertFiles(words[3]+"/client.pem", words[3]+"/client.key"))
		client = dialled
		return map[string]any{}, err
	case "get":
		operation = func() (int, error) {
			got, err := client.Get(words[2]).Exec()
			if err != nil {
				return 0, err
			}
			bytes, err := got.Object.(*kmip.SymmetricKey).KeyMaterial()
			return len(bytes), err
		}
	default:
		return nil, errors.New("not offered")
	}
	count, start := 0, time.Now()
	times, err := strconv.Atoi(words[1])
	for ; times > 0 && err == nil; times-- {
		count, err = operation()
	}
	return map[string]any{"ns": time.Since(start).Nanoseconds(), "count": count}, err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Buffer(nil, 33<<20); lines.Scan(); {
		said, err := answer(strings.SplitN(lines.Text(), " ", 4))
		if err != nil {
			said = map[string]any{"error": err.Error()}
		}
		line, _ := json.Marshal(said)
		fmt.Println(string(line))
	}
}
