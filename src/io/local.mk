cstinclude_HEADERS += include/caustic/io.h include/caustic/checkpoint.h
doc_files += doc/io.rst doc/checkpoint.rst
libcaustic_all_la_SOURCES += %D%/yaml.c %D%/lookup.c %D%/json.c %D%/file.c %D%/decimal.c %D%/sha256.c \
                             %D%/utf8.c %D%/utf8.h %D%/tensor.c %D%/checkpoint.c %D%/safetensors.c \
                             %D%/npz.c %D%/npy.c %D%/npy.h %D%/onnx.c %D%/storage.h
AM_CPPFLAGS += $(LIBZIP_CFLAGS) $(PROTOBUF_C_CFLAGS)
EXTRA_DIST += %D%/onnx.proto
if HAVE_PROTOBUF_C
# What protoc-c writes is not ours to warn about.
noinst_LTLIBRARIES += libonnx-schema.la
nodist_libonnx_schema_la_SOURCES = %D%/onnx.pb-c.c %D%/onnx.pb-c.h
libonnx_schema_la_SOURCES =
libonnx_schema_la_CFLAGS = -w -fvisibility=hidden $(FLAVOUR_CFLAGS) $(PTHREAD_CFLAGS)
libcaustic_all_la_LIBADD += libonnx-schema.la $(PROTOBUF_C_LIBS)
BUILT_SOURCES += %D%/onnx.pb-c.h
CLEANFILES += %D%/onnx.pb-c.c %D%/onnx.pb-c.h
%D%/onnx.pb-c.c: %D%/onnx.proto
	$(AM_V_GEN)$(MKDIR_P) %D% && $(PROTOC_C) --proto_path=$(srcdir)/src --c_out=src io/onnx.proto
%D%/onnx.lo: %D%/onnx.pb-c.h
%D%/onnx.pb-c.h: %D%/onnx.pb-c.c
	@touch $@
endif
