//! 消息：what the program says of arguments, keys, targets and waits.

/// Returns the translation of a message.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn translation(message: &str) -> Option<&'static str> {
    Some(match message {
        // Waiting.
        "looking for credentials for {}" => "正在查找凭证：{}",
        "asking {} for its regions" => "正在查询地域：{}",
        "importing `{}` into {} {}" => "正在导入 `{}`：{} {}",
        "looking for `{}` in {} {}" => "正在查找 `{}`：{} {}",
        "throttled by {}, retrying in {}, attempt {} of {}" => {
            "{}：被限流，{} 后重试（第 {} 次，共 {} 次）"
        }
        "{} is unavailable, retrying in {}, attempt {} of {}" => {
            "{}：服务不可用，{} 后重试（第 {} 次，共 {} 次）"
        }
        "{}, retrying in {}, attempt {} of {}" => "{}，{} 后重试（第 {} 次，共 {} 次）",
        "stopping: settling {} target, up to {}" | "stopping: settling {} targets, up to {}" => {
            "正在停止：确认 {} 个目标的结果，最多 {}"
        }
        "a second Ctrl-C stops at once" => "再按一次 Ctrl-C 立即停止",
        "{}/{} targets" => "{}/{} 个目标",
        "{}/{} targets, {} failed" => "{}/{} 个目标，{} 个失败",

        // What is known of keys and targets.
        "there" => "云端",
        "yours" => "本地",
        "request {}" => "请求 ID {}",
        "name" => "名称",
        "key" => "公钥",
        "{} {} bits, from {}" => "{} {} 位，来源：{}",
        "{} (without colons)" => "{}（不含冒号）",
        "form" => "表单",
        "body" => "正文",
        "name there" => "云端名称",
        "fingerprint there" => "云端指纹",
        "using the key {}" => "使用公钥 {}",
        "the clouds are built in, nothing leaves this machine" => {
            "使用内置的沙箱云，不会向外发送任何内容"
        }
        "using region {} from {}" => "使用地域 {}，来自 {}",
        "using region {}, the default; `{}` or `{}` sets another" => {
            "使用默认地域 {}；可用 `{}` 或 `{}` 指定其他地域"
        }
        "using endpoint {} from `{}`" => "使用接入地址 {}，来自 `{}`",
        "using the proxy in `{}`" => "使用 `{}` 中的代理",
        "using credentials from {} ({})" => "使用凭证：{}（{}）",
        "the response was lost" => "响应已丢失",
        "the response left it open" => "响应未说明结果",
        "looked up and found" => "查询后已找到",
        "looked up, not found, and sent again" => "查询未找到，已重新发送",

        // Warnings.
        "unknown region `{}`" => "未知地域 `{}`",
        "`--offline` does not ask the cloud for its regions; showing `{}` only" => {
            "`--offline` 不向云查询地域；仅显示 `{}`"
        }
        "no credentials found; these regions are the ones that this version knows" => {
            "没有找到凭证；以下是本版本已知的地域"
        }
        "only {} targets run at once: the limit on open files (`ulimit -n`) allows no more" => {
            "仅同时处理 {} 个目标：受打开文件数（`ulimit -n`）限制"
        }
        "{} contains a key twice, or is given twice; the key is imported once, as `{}`" => {
            "{} 中有重复的公钥，或重复指定；该公钥只以 `{}` 导入一次"
        }
        "{} contains the same key as {}; the key is imported once, as `{}`" => {
            "{} 与 {} 是同一公钥；该公钥只以 `{}` 导入一次"
        }
        "an RSA key of {} bits is weak" => "{} 位的 RSA 密钥强度不足",
        "DSA keys are no longer accepted by OpenSSH" => "OpenSSH 已不再接受 DSA 密钥",
        "{} does not document support for `{}` keys; the key is sent all the same" => {
            "{}：文档未说明支持 `{}` 密钥；仍会发送"
        }
        "{} documents RSA keys of 1024, 2048 and 4096 bits; this one of {} bits is sent all the same" => {
            "{}：文档只列出 1024、2048 和 4096 位的 RSA 密钥；此密钥为 {} 位，仍会发送"
        }
        "the name `{}` contains `_`, which {}'s rules leave out; it is sent all the same" => {
            "名称 `{0}` 含有 `_`（{1}：规则中未列出）；仍会发送"
        }
        "others on this machine may read `{}`, which holds a secret (`chmod 600`)" => {
            "本机其他用户可读取 `{}`，其中含有密钥（`chmod 600`）"
        }
        "`{}` are spelled differently and may not belong together" => {
            "`{}` 的写法不一致，可能不是同一套凭证"
        }
        "the file that `{}` names is not read: {}" => "未读取 `{}` 指定的文件：{}",
        "the credential came from {} over plain http" => "凭证经明文 http 取自 {}",
        "the cloud accepted the key and shows nothing that proves which key it holds" => {
            "云已接受公钥，但未提供可核实其内容的信息"
        }
        "the cloud accepted the key; what it holds could not be looked up" => {
            "云已接受公钥，但未能查询其内容"
        }
        "the cloud cannot tell whether this run stored it: the key pair {}" => {
            "无法判断是否由本次运行导入：该密钥对{}"
        }
        "has no readable creation time" => "没有可读的创建时间",
        "has a creation time that does not settle it" => "的创建时间不足以判断",
        "has a creation time without seconds" => "的创建时间未精确到秒",
        "has a creation time without a time zone" => "的创建时间没有时区",

        // Arguments.
        "`{}` needs a value" => "`{}` 缺少值",
        "invalid value `{}` for `{}`" => "`{1}` 的值 `{0}` 无效",
        "unknown option `{}`" => "未知选项 `{}`",
        "`{}` cannot be used with `{}`" => "`{}` 不能与 `{}` 同时使用",
        "`{}` cannot be used with other arguments" => "`{}` 不能与其他参数同时使用",
        "`{}` is given twice" => "`{}` 重复指定",
        "`{}` takes no value, but `{}` is given" => "`{}` 不接受值，却给出了 `{}`",
        "the value of an option is not UTF-8" => "选项的值不是 UTF-8 编码",
        "`=` is missing" => "缺少 `=`",
        "the key before `=` is empty" => "`=` 之前的键为空",
        "must be a number from 1 to 100" => "必须是 1 到 100 之间的数字",
        "must be a number from 1 to 4096" => "必须是 1 到 4096 之间的数字",
        "not a duration" => "不是时长",
        "out of range" => "超出范围",
        "no cloud is given" => "没有指定云",
        "`--region` needs exactly one `--provider`" => "`--region` 须与一个 `--provider` 同时使用",
        "no region is given" => "没有指定地域",
        "`{}`: unknown cloud `{}`" => "`{}`：未知的云 `{}`",
        "`{}` is given both with and without regions" => "`{}` 既指定了地域，又未指定地域",
        "`--all-regions` cannot be used with the regions of `--to {}`" => {
            "`--all-regions` 不能与 `--to {}` 中的地域同时使用"
        }
        "`--endpoint` does not name its cloud" => "`--endpoint` 没有指明所属的云",
        "`--endpoint` is for {}, which is not selected" => "`--endpoint` 所属的 {} 未被选择",
        "`--endpoint` is given twice for {}" => "{} 的 `--endpoint` 重复指定",
        "`{}` contains a user name or password" => "`{}` 中含有用户名或密码",
        "`{}{}`: {}" => "`{}{}`：{}",
        "a path is not allowed" => "不能含有路径",
        "a query or fragment is not allowed" => "不能含有查询参数或片段",
        "the scheme is missing" => "缺少协议",
        "the scheme is neither https nor http" => "协议既不是 https 也不是 http",
        "invalid host name" => "主机名无效",
        "the host is not in canonical form, such as `127.0.0.1` for `127.1`" => {
            "主机不是规范写法，例如 `127.1` 应写作 `127.0.0.1`"
        }
        "the port must be a number from 1 to 65535" => "端口必须是 1 到 65535 之间的数字",
        "plain http is allowed on loopback only" => "仅回环地址可使用明文 http",
        "a region id is empty" => "地域 ID 为空",
        "`{}` cannot be a region id" => "`{}` 不能作为地域 ID",
        "{} does not support `{}`" => "{}：不支持 `{}`",
        "tag key `{}` is given twice" => "标签键 `{}` 重复指定",
        "tag key `{}` must not begin with `{}`" => "标签键 `{}` 不能以 `{}` 开头",
        "tag key `{}` must not begin with `{}` or `{}`" => "标签键 `{}` 不能以 `{}` 或 `{}` 开头",
        "{} tags are too many; a key pair has at most {}" => "{} 个标签过多；每个密钥对最多 {} 个",
        "the name `{}` must not end in a space" => "名称 `{}` 不能以空格结尾",
        "the name `{}` must not end in `-` or `.`, nor repeat them in a row" => {
            "名称 `{}` 不能以 `-` 或 `.` 结尾，也不能连续出现"
        }
        "the value of `{}` looks like a part of a key" => "`{}` 的值看起来是密钥的一部分",
        "the value of `{}` contains a control character" => "`{}` 的值含有控制字符",
        "`--name {}` is a single name for {} keys" => "`--name {}` 只有一个名称，却有 {} 个公钥",
        "`{}` would be the name of two keys: {} ({}) and {} ({})" => {
            "两个公钥的名称都是 `{}`：{}（{}）和 {}（{}）"
        }

        // Keys.
        "argument {} contains a private key ({})" => "第 {} 个参数含有私钥（{}）",
        "argument {} contains what looks like key text" => "第 {} 个参数含有疑似密钥的内容",
        "no key is given, and there is no home directory" => "没有指定公钥，且没有主目录",
        "no key is given, and ~/.ssh contains none of {}" => {
            "没有指定公钥，且 ~/.ssh 中没有以下任何一个：{}"
        }
        "no key is given, and ~/.ssh contains several: {}" => {
            "没有指定公钥，而 ~/.ssh 中有多个：{}"
        }
        "standard input" => "标准输入",
        "`-` is given twice, but standard input can be read only once" => {
            "`-` 重复指定，但标准输入只能读取一次"
        }
        "`-` reads the key from standard input, which is a terminal" => {
            "`-` 从标准输入读取公钥，但标准输入是终端"
        }
        "the path of a key file is empty" => "公钥文件的路径为空",
        "the name of the key's file looks like a part of a key" => {
            "公钥的文件名看起来是密钥的一部分"
        }
        "cannot be read" => "无法读取",
        "it is a directory" => "这是目录",
        "it is not a regular file" => "不是普通文件",
        "it has nothing to read" => "没有可读取的内容",
        "{} keys" => "含有 {} 个公钥",
        "the input holds a private key ({})" => "这是私钥（{}）",
        "the input is larger than 64 KiB, which no public key is" => {
            "内容超过 64 KiB，不可能是公钥"
        }
        "the input holds no key" => "其中没有公钥",
        "the input is binary, not the text of a public key" => "内容是二进制，不是文本格式的公钥",
        "line {} is not a public key" => "第 {} 行不是公钥",
        "line {} has a marker of a here-document, such as `EOF`" => {
            "第 {} 行是 here-document 的标记，例如 `EOF`"
        }
        "line {}: a key begins in the middle of the line, so a line end is missing" => {
            "第 {} 行：行中出现了另一个公钥，缺少换行"
        }
        "line {}: where a comment belongs is encoded data, perhaps of a private key" => {
            "第 {} 行：注释处是编码数据，可能是私钥"
        }
        "line {}: options or host names precede the key, and importing it would drop that restriction" => {
            "第 {} 行：公钥前有选项或主机名，导入会丢掉这些限制"
        }
        "line {}: this is a certificate, not a plain public key" => {
            "第 {} 行：这是证书，不是普通公钥"
        }
        "line {}: this is an X.509 certificate, not a plain public key" => {
            "第 {} 行：这是 X.509 证书，不是普通公钥"
        }
        "line {}: keys of type `{}` are not imported" => "第 {} 行：不支持导入 `{}` 类型的公钥",
        "line {}: a block labelled `{}` is not imported" => "第 {} 行：不支持导入 `{}` 内容",
        "line {}: the key is not of the type in front of it" => "第 {} 行：公钥与其前面的类型不符",
        "line {}: the base64 of the key is damaged or cut off" => {
            "第 {} 行：公钥的 base64 已损坏或被截断"
        }
        "line {}: the line ends of the block are missing" => "第 {} 行：缺少换行",
        "line {}: the block that begins here does not end" => "第 {} 行：从这里开始的内容没有结尾",
        "line {}: {}" => "第 {} 行：公钥无效（{}）",
        "line {}: a key of {} bits is too small, 1024 is the least" => {
            "第 {} 行：{} 位的密钥过短，至少 1024 位"
        }
        "{} has no `{}` keys, only RSA and Ed25519" => {
            "{}：不支持 `{}` 公钥，仅支持 RSA 和 Ed25519"
        }
        _ => return None,
    })
}
